using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>Binance's <c>ticker/24hr</c> of the chosen symbols, in one call.</summary>
public sealed class TickerFeed(
    ConditionalClient client, string address, string venue, IReadOnlyList<string> symbols, TimeSpan interval) : IFeed
{
    private const int ListedMax = 100;

    public FeedContract Contract { get; } = new("tickers", Topics.Tickers, interval, interval * 3);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        // USD-M has no list of symbols in this request: it answers with all of them. At spot all weigh no more than 101 of them.
        var list = string.Join(',', symbols.Select(symbol => $"\"{symbol}\""));
        var query = venue == Venues.Binance && symbols.Count <= ListedMax ? $"?symbols={Uri.EscapeDataString($"[{list}]")}" : "";
        var body = await client.GetAsync(address + query, cancellation).ConfigureAwait(false);
        return body is null ? null : Read(body, venue, symbols);
    }

    public void Accept() => client.Accept();

    /// <summary>Reads an answer: one event per wanted symbol; null: all of them.</summary>
    public static IReadOnlyList<FeedEvent> Read(byte[] body, string venue, IReadOnlyList<string>? symbols)
    {
        using var answer = JsonAnswer.Parse(body, "the exchange");
        return [.. JsonAnswer.Array(answer.RootElement, null, "the exchange").EnumerateArray()
            .Where(row => symbols is null || (row.Text("symbol") is { } symbol && symbols.Contains(symbol))).Select(row => ReadRow(row, venue))];
    }

    private static FeedEvent ReadRow(JsonElement row, string venue)
    {
        var original = row.GetRawText();
        if (row.Text("symbol") is not { } symbol || row.Text("lastPrice") is not { } price || row.Text("volume") is not { } volume ||
            row.Text("priceChangePercent") is not { } change) return FeedEvent.Bad(original, "a field is missing or no string");
        if (!row.TryGetProperty("closeTime", out var close) || !close.TryGetInt64(out var time) ||
            !ExchangeTime.TryToMicroseconds(time, out var timeUs)) return FeedEvent.Bad(original, "closeTime is missing or no time");
        var timeUtc = new DateTimeOffset(UnixTime.ToDateTime(timeUs));
        return FeedEvent.Of(new TickerSnapshot(timeUtc, symbol, price, change, volume, venue), timeUtc, original);
    }
}
