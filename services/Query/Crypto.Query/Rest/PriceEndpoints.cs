using System.Globalization;
using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/prices</c>.</summary>
internal sealed class PriceEndpoints(
    MarketCatalog catalog, TradeQueries trades, TradeBook book, LatestPriceRefresh refresh, MarketTime time)
{
    /// <summary>The newest trade of every symbol.</summary>
    public async Task<IResult> LatestAsync(CancellationToken cancellation)
    {
        await refresh.LoadedAsync(cancellation);
        var latest = book.Latest().Select(e => (Name: catalog.NameOf(e.Trade.Instrument), e.Trade))
            .OrderBy(e => e.Name, StringComparer.Ordinal);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("prices"u8);
            foreach (var (name, trade) in latest) RestJson.WriteLatestPrice(json, trade, name);
            json.WriteEndArray();
            json.WriteEndObject();
        })
        { Export = Export.LatestPrices };
    }

    /// <summary>The newest trades of a symbol, within the last hours of market time; <c>before</c> is a trade id.</summary>
    public async Task<IResult> TradesAsync(string symbol, string? limit, string? hours, string? before, CancellationToken cancellation)
    {
        var count = Parameters.Limit(limit);
        var back = Parameters.Hours(hours);
        var below = Parameters.Id("before", before);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var from = Math.Max(0, await time.NowUsAsync(cancellation) - (long)(back * 3600 * UnixTime.MicrosecondsPerSecond));
        var newest = await trades.NewestAsync(instrument, new TimeRange(from, null), count, cancellation, below);
        var next = newest.Count < count ? null : string.Create(
            CultureInfo.InvariantCulture, $"/prices/{Uri.EscapeDataString(instrument.Name)}?limit={count}&hours={back}&before={newest[^1].TradeId}");
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol"u8, instrument.Name);
            json.WriteStartArray("trades"u8);
            foreach (var trade in newest) RestJson.WriteTrade(json, trade);
            json.WriteEndArray();
            json.WriteEndObject();
        })
        { Next = next, Export = Export.Trades };
    }
}
