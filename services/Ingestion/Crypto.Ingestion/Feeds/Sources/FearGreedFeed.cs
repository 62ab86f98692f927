using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>
/// alternative.me's Fear and Greed index. Numbers and times come as strings, and days may be missing: a missing day stays
/// missing, it is not made up.
/// </summary>
public sealed class FearGreedFeed(ConditionalClient client, string address, int days, TimeSpan interval) : IFeed
{
    public const string Index = "fear-greed";
    private const string Source = "alternative.me";

    // The value of a day comes soon after midnight UTC.
    public FeedContract Contract { get; } = new(Index, Topics.Sentiment, interval, TimeSpan.FromHours(1) > interval * 3 ? TimeSpan.FromHours(1) : interval * 3);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        var body = await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{address}?limit={days}"), cancellation).ConfigureAwait(false);
        return body is null ? null : Read(body);
    }

    public void Accept() => client.Accept();

    /// <summary>Reads an answer: one event per day, oldest first.</summary>
    public static IReadOnlyList<FeedEvent> Read(byte[] body)
    {
        using var answer = JsonAnswer.Parse(body, Source);
        return [.. JsonAnswer.Array(answer.RootElement, "data", Source).EnumerateArray().Select(ReadRow).OrderBy(item => item.TimeUtc)];
    }

    private static FeedEvent ReadRow(JsonElement row)
    {
        var original = row.GetRawText();
        if (!int.TryParse(row.Text("value"), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return FeedEvent.Bad(original, "value is missing or no number");
        if (!long.TryParse(row.Text("timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 253_402_300_799)
            return FeedEvent.Bad(original, "timestamp is missing or no time");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return FeedEvent.Of(new SentimentValue(Index, time, value, row.Text("value_classification") ?? "", Source), time, original);
    }
}
