using System.Runtime.CompilerServices;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Crypto.Query.Rest;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>Prices, candles and coverage of <c>crypto.market.v1.MarketData</c>; any server may run them.</summary>
internal sealed class MarketDataHandlers(
    MarketCatalog catalog, CandleBook candles, CandlePages pages, LatestPriceMessage latest, CoverageQueries coverage, ContextQueries context)
{
    public void AddTo(GrpcMethodTable table)
    {
        var service = Proto.MarketDataReflection.Descriptor.Services.Single(s => s.Name == "MarketData");
        table.Unary<Proto.GetLatestPricesRequest, Proto.GetLatestPricesResponse>(service, "GetLatestPrices", GetLatestPricesAsync)
            .Unary<Proto.ListCandlesRequest, Proto.ListCandlesResponse>(service, "ListCandles", ListCandlesAsync)
            .ServerStreaming<Proto.StreamCandlesRequest, Proto.StreamCandlesResponse>(service, "StreamCandles", StreamCandlesAsync)
            .Unary<Proto.ListSymbolsRequest, Proto.ListSymbolsResponse>(service, "ListSymbols", ListSymbolsAsync)
            .Unary<Proto.GetCoverageRequest, Proto.GetCoverageResponse>(service, "GetCoverage", GetCoverageAsync);
    }

    private async Task<Proto.GetLatestPricesResponse> GetLatestPricesAsync(
        Proto.GetLatestPricesRequest request, GrpcCall call, CancellationToken cancellation) =>
        request.Symbols.Count == 0 ? await latest.AllAsync(cancellation) : await latest.OfAsync(request.Symbols, cancellation);

    private async Task<Proto.ListCandlesResponse> ListCandlesAsync(
        Proto.ListCandlesRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var interval = Parameters.Interval(request.Interval);
        var limit = GrpcParameters.Limit(request.Limit);
        var range = GrpcParameters.Range(request.From, request.To);
        if (GrpcParameters.PagePosition(request.PageToken) is { } before) range = range with { ToUs = before };
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var page = range == TimeRange.Everything ? await pages.NewestAsync(instrument, interval, limit, cancellation) : null;
        page ??= new CandlePages.Page(
            0, instrument.Name, interval, await candles.ReadAsync(instrument, interval, range, limit, cancellation), limit);
        page.Answers("ListCandles");
        return page.Message;
    }

    private async IAsyncEnumerable<Proto.StreamCandlesResponse> StreamCandlesAsync(
        Proto.StreamCandlesRequest request, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var interval = Parameters.Interval(request.Interval);
        var snapshot = GrpcParameters.Limit(request.Snapshot, fallback: 1, "snapshot");
        var resume = ProtoConvert.ToMicroseconds(request.ResumeFrom, "resume_from");
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var series = await candles.OpenAsync(instrument, interval, cancellation);
        // Before the snapshot: what changes meanwhile is given again rather than missed.
        var sequence = series.Sequence;
        var first = await candles.ReadAsync(
            instrument, interval, new TimeRange(resume, null), resume is null ? snapshot : Parameters.MaxLimit, cancellation);
        foreach (var entry in first) yield return entry.Message;
        await foreach (var entry in CandleStream.ChangesAsync(series, sequence, cancellation))
        {
            entry.Trace?.End("StreamCandles");
            yield return entry.Message;
        }
    }

    private async Task<Proto.ListSymbolsResponse> ListSymbolsAsync(
        Proto.ListSymbolsRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var venue = (await catalog.SourceAsync(cancellation))?.Venue ?? Contracts.Venues.Binance;
        var response = new Proto.ListSymbolsResponse();
        response.Symbols.AddRange((await context.SymbolsAsync(venue, cancellation)).Select(ProtoConvert.ToProto));
        return response;
    }

    private async Task<Proto.GetCoverageResponse> GetCoverageAsync(
        Proto.GetCoverageRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        return ProtoConvert.ToProto(await coverage.ReadAsync(instrument, cancellation), instrument.Name);
    }
}
