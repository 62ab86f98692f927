using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;
using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>
/// Binance's <c>ticker/24hr</c> of the chosen symbols, in one call, out of the same weight budget as repairs; after a 429 or a
/// ban it keeps silent with them.
/// </summary>
public sealed class TickerFeed(BinanceRest rest, string venue, IReadOnlyList<string> symbols, TimeSpan interval) : IFeed
{
    public FeedContract Contract { get; } = new("tickers", Topics.Tickers, interval, interval * 3);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        try
        {
            return Read(await rest.TickersAsync(symbols, cancellation).ConfigureAwait(false), venue, symbols);
        }
        catch (ExchangeUnavailableException e)
        {
            throw new FeedUnavailableException(e.Message, e.RetryAfter, e);
        }
        catch (Exception e) when (e is ExchangeRefusedException or ExchangeRequestException)
        {
            throw new FeedRefusedException(e.Message);
        }
    }

    /// <summary>Nothing to do: the exchange knows no conditional requests.</summary>
    public void Accept()
    {
    }

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
