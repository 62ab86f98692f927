using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/symbols</c>, <c>/sentiment</c>, <c>/news</c>, and <c>/overview</c>, which joins them with the prices.</summary>
internal sealed class ContextEndpoints(
    MarketCatalog catalog, ContextQueries queries, TradeBook trades, LatestPriceRefresh refresh, TimeProvider clock)
{
    public async Task<IResult> SymbolsAsync(CancellationToken cancellation)
    {
        var venue = (await catalog.SourceAsync(cancellation))?.Venue ?? Venues.Binance;
        var symbols = await queries.SymbolsAsync(venue, cancellation);
        return new JsonAnswer(json => WriteObject(json, () => json.WriteRow("symbols", symbols))) { Export = Export.Symbols };
    }

    public async Task<IResult> SentimentAsync(string? limit, CancellationToken cancellation)
    {
        var values = await queries.SentimentAsync(Parameters.Limit(limit), cancellation);
        return new JsonAnswer(json => WriteObject(json, () => json.WriteRow("values", values))) { Export = Export.Sentiment };
    }

    /// <summary>The newest items; <c>page</c> is where the page before ended, since several items may have one time.</summary>
    public async Task<IResult> NewsAsync(string? limit, string? from, string? to, string? page, CancellationToken cancellation)
    {
        var count = Parameters.Limit(limit);
        var after = Parameters.Page(page);
        var news = await queries.NewsAsync(Parameters.Range(from, to), count, cancellation, after);
        var next = news.Count < count ? null
            : $"/news?limit={count}{(string.IsNullOrEmpty(from) ? "" : "&from=" + Uri.EscapeDataString(from))}&page={news[^1].Position.ToToken()}";
        return new JsonAnswer(json => WriteObject(json, () => json.WriteRow("news", news))) { Next = next, Export = Export.News };
    }

    /// <summary>Prices, sentiment and news together, each with its age in seconds.</summary>
    public async Task<IResult> OverviewAsync(CancellationToken cancellation)
    {
        await refresh.LoadedAsync(cancellation);
        var (sentiment, news, feeds) = (await queries.SentimentAsync(1, cancellation),
            await queries.NewsAsync(TimeRange.Everything, 10, cancellation), await queries.FeedsAsync(cancellation));
        var nowUs = UnixTime.NowMicroseconds(clock);
        var prices = trades.Latest().Select(e => new
        {
            Symbol = catalog.NameOf(e.Trade.Instrument),
            e.Trade.Price,
            TradeTime = UnixTime.ToDateTime(e.Trade.TradeTimeUs),
            AgeSeconds = Age(nowUs, UnixTime.ToDateTime(e.Trade.TradeTimeUs)),
        }).OrderBy(p => p.Symbol, StringComparer.Ordinal).ToList();
        return new JsonAnswer(json => WriteObject(json, () =>
        {
            json.WriteRow("prices", prices);
            json.WriteRow("sentiment", sentiment.Select(s => new { s.Index, s.Value, s.Classification, s.Time, AgeSeconds = Age(nowUs, s.Time) }));
            json.WriteRow("news", news.Select(n => new { n.Id, n.Source, n.Title, n.Link, n.PublishedAt, AgeSeconds = Age(nowUs, n.PublishedAt) }));
            json.WriteRow("feeds", feeds);
        }));
    }

    /// <summary>Seconds, to a millisecond.</summary>
    public static double Age(long nowUs, DateTime time) =>
        Math.Round((nowUs - UnixTime.ToMicroseconds(time)) / (double)UnixTime.MicrosecondsPerSecond, 3);

    private static void WriteObject(Utf8JsonWriter json, Action write)
    {
        json.WriteStartObject();
        write();
        json.WriteEndObject();
    }
}
