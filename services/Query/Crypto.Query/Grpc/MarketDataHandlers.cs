using System.Runtime.CompilerServices;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Crypto.Query.Rest;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>The methods of <c>crypto.market.v1.MarketData</c>; any server may run them.</summary>
internal sealed class MarketDataHandlers(MarketCatalog catalog, CandleBook candles, TradeBook trades, LatestPriceRefresh refresh)
{
    public void AddTo(GrpcMethodTable table)
    {
        var service = Proto.MarketDataReflection.Descriptor.Services.Single(s => s.Name == "MarketData");
        table.Unary<Proto.GetLatestPricesRequest, Proto.GetLatestPricesResponse>(service, "GetLatestPrices", GetLatestPricesAsync)
            .Unary<Proto.ListCandlesRequest, Proto.ListCandlesResponse>(service, "ListCandles", ListCandlesAsync)
            .ServerStreaming<Proto.StreamCandlesRequest, Proto.StreamCandlesResponse>(service, "StreamCandles", StreamCandlesAsync);
    }

    private async Task<Proto.GetLatestPricesResponse> GetLatestPricesAsync(
        Proto.GetLatestPricesRequest request, GrpcCall call, CancellationToken cancellation)
    {
        await refresh.LoadedAsync(cancellation);
        var response = new Proto.GetLatestPricesResponse();
        if (request.Symbols.Count == 0)
        {
            response.Prices.AddRange(trades.Latest()
                .Select(e => ProtoConvert.ToLatestPrice(e.Trade, catalog.NameOf(e.Trade.Instrument)))
                .OrderBy(p => p.Symbol, StringComparer.Ordinal));
            return response;
        }
        foreach (var symbol in request.Symbols)
        {
            var instrument = await catalog.ResolveAsync(symbol, cancellation);
            if (trades.Of(instrument.Instrument).Latest is { } latest)
                response.Prices.Add(ProtoConvert.ToLatestPrice(latest.Trade, instrument.Name));
        }
        return response;
    }

    private async Task<Proto.ListCandlesResponse> ListCandlesAsync(
        Proto.ListCandlesRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var interval = Parameters.Interval(request.Interval);
        var limit = Limit("limit", request.Limit, fallback: 100);
        var range = new TimeRange(ProtoConvert.ToMicroseconds(request.From, "from"), ProtoConvert.ToMicroseconds(request.To, "to"));
        if (range.FromUs >= range.ToUs) throw new BadRequestException("to", "to is not after from");
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var response = new Proto.ListCandlesResponse();
        foreach (var entry in await candles.ReadAsync(instrument, interval, range, limit, cancellation))
            response.Candles.Add(entry.Message.Candle);
        return response;
    }

    private async IAsyncEnumerable<Proto.StreamCandlesResponse> StreamCandlesAsync(
        Proto.StreamCandlesRequest request, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var interval = Parameters.Interval(request.Interval);
        var snapshot = Limit("snapshot", request.Snapshot, fallback: 1);
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var series = await candles.OpenAsync(instrument, interval, cancellation);
        await foreach (var entry in CandleStream.ReadAsync(series, snapshot, cancellation)) yield return entry.Message;
    }

    private static int Limit(string name, int value, int fallback) => value switch
    {
        0 => fallback,
        >= 1 and <= Parameters.MaxLimit => value,
        _ => throw new BadRequestException(name, $"{name} is {value}: give a whole number from 1 to {Parameters.MaxLimit}"),
    };
}
