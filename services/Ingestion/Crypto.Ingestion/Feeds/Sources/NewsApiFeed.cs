using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>NewsAPI's <c>/v2/everything</c>; only with a key, which travels as a header.</summary>
public sealed class NewsApiFeed(ConditionalClient client, string address, string query, TimeSpan interval) : IFeed
{
    private const string Source = "newsapi";

    public FeedContract Contract { get; } = new(Source, Topics.News, interval, interval * 4);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        var body = await client.GetAsync(
            $"{address}?q={Uri.EscapeDataString(query)}&language=en&sortBy=publishedAt&pageSize=100", cancellation).ConfigureAwait(false);
        return body is null ? null : Read(body);
    }

    public void Accept() => client.Accept();

    /// <summary>Reads an answer: one event per article; the address is its id.</summary>
    public static IReadOnlyList<FeedEvent> Read(byte[] body)
    {
        using var answer = JsonAnswer.Parse(body, Source);
        return [.. JsonAnswer.Array(answer.RootElement, "articles", Source).EnumerateArray().Select(ReadRow)];
    }

    private static FeedEvent ReadRow(JsonElement row)
    {
        var original = row.GetRawText();
        if (row.Text("url") is not { } url || row.Text("title") is not { Length: > 0 } title) return FeedEvent.Bad(original, "url or title is missing");
        if (!FeedTime.TryParse(row.Text("publishedAt"), out var time)) return FeedEvent.Bad(original, "publishedAt is missing or no time");
        title = NewsItem.Shorten(title);
        List<string> creators = row.Text("author") is { Length: > 0 } author ? [author] : [];
        List<string> categories = row.TryGetProperty("source", out var source) && source.Text("name") is { Length: > 0 } name ? [name] : [];
        return FeedEvent.Of(
            new NewsItem($"{Source}:{url}", Source, title, NewsItem.IsLink(url) ? url : null, time, creators, categories), time, original);
    }
}
