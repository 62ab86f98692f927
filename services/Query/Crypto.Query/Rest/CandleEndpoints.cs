using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/ohlc</c>.</summary>
internal sealed class CandleEndpoints(MarketCatalog catalog, CandleBook book, CandlePages pages)
{
    /// <summary>The latest candles that open within the range, oldest first.</summary>
    public async Task<IResult> CandlesAsync(
        string symbol, string? interval, string? limit, string? from, string? to, CancellationToken cancellation)
    {
        var length = Parameters.Interval(interval);
        var count = Parameters.Limit(limit);
        var range = Parameters.Range(from, to);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var page = range == TimeRange.Everything ? await pages.NewestAsync(instrument, length, count, cancellation) : null;
        page ??= new CandlePages.Page(
            0, instrument.Name, length, await book.ReadAsync(instrument, length, range, count, cancellation), count);
        page.Answers("/ohlc");
        return new JsonAnswer(page.Json) { Next = NextPage(instrument, length, range, count, page.Candles), Export = Export.Candles };
    }

    // The page with the candles before these; none where fewer than asked for were left.
    private static string? NextPage(
        KnownInstrument instrument, Interval interval, TimeRange range, int limit, IReadOnlyList<CandleEntry> candles)
    {
        if (candles.Count < limit) return null;
        var from = range.FromUs is { } us ? "&from=" + UnixTime.ToRfc3339(us) : "";
        var to = UnixTime.ToRfc3339(candles[0].Candle.OpenTimeUs);
        return $"/ohlc/{Uri.EscapeDataString(instrument.Name)}?interval={interval.Name}&limit={limit}{from}&to={to}";
    }
}
