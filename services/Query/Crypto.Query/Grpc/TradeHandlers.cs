using System.Runtime.CompilerServices;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>The trades of <c>crypto.market.v1.MarketData</c>: by page, and as they come.</summary>
internal sealed class TradeHandlers(MarketCatalog catalog, TradeBook trades, TradeQueries queries)
{
    public void AddTo(GrpcMethodTable table)
    {
        var service = Proto.MarketDataReflection.Descriptor.Services.Single(s => s.Name == "MarketData");
        table.Unary<Proto.ListTradesRequest, Proto.ListTradesResponse>(service, "ListTrades", ListTradesAsync)
            .ServerStreaming<Proto.StreamTradesRequest, Proto.StreamTradesResponse>(service, "StreamTrades", StreamTradesAsync);
    }

    private async Task<Proto.ListTradesResponse> ListTradesAsync(
        Proto.ListTradesRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var limit = GrpcParameters.Limit(request.Limit);
        var range = GrpcParameters.Range(request.From, request.To);
        var before = GrpcParameters.PagePosition(request.PageToken);
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var page = await queries.NewestAsync(instrument, range, limit, cancellation, before);
        var response = new Proto.ListTradesResponse();
        response.Trades.AddRange(page.Select(t => ProtoConvert.ToProto(t, instrument.Name)));
        if (page.Count == limit) response.NextPageToken = GrpcParameters.PageToken(page[^1].TradeId);
        return response;
    }

    private async IAsyncEnumerable<Proto.StreamTradesResponse> StreamTradesAsync(
        Proto.StreamTradesRequest request, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (request.ResumeAfter < 0) throw new BadRequestException("resume_after", "resume_after is negative: give a trade id, or 0");
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        long? resumeAfter = request.ResumeAfter > 0 ? request.ResumeAfter : null;
        var reader = new TradeReader(trades.Of(instrument.Instrument), queries, instrument, resumeAfter);
        var fresh = new List<TradeEntry>();
        var missed = 0L;
        while (true)
        {
            var next = reader.NextChange;
            missed += await reader.ReadAsync(fresh, cancellation);
            foreach (var entry in fresh)
            {
                yield return new Proto.StreamTradesResponse { Trade = ProtoConvert.ToProto(entry.Trade, instrument.Name), Skipped = missed };
                missed = 0;
            }
            if (fresh.Count == 0) await next.WaitAsync(cancellation);
        }
    }
}
