using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>
/// One event of <c>crypto.news</c>, key item id. Title, creators and categories are text as it came, not HTML: whoever shows
/// them escapes them. The link is http or https, or null.
/// </summary>
/// <param name="Id">The feed's name and the item's own id, which need not be a URL.</param>
/// <param name="Source">The feed's name.</param>
/// <param name="Title">At most 500 characters.</param>
/// <param name="Link">http(s) only.</param>
/// <param name="PublishedAt">As the feed says.</param>
/// <param name="Creators">Every author named, in order.</param>
/// <param name="Categories">Every category named, in order.</param>
public sealed record NewsItem(
    string Id, string Source, string Title, string? Link, DateTimeOffset PublishedAt, IReadOnlyList<string> Creators,
    IReadOnlyList<string> Categories) : IFeedEvent
{
    public const int TitleMax = 500;
    public const int IdMax = 1000;
    public const int LinkMax = 2000;

    [JsonIgnore]
    public string Key => Id;

    public string? Fault() =>
        Id.Length is 0 or > IdMax ? $"id is empty or longer than {IdMax}"
        : Source.Length is 0 or > 64 ? "source is empty or longer than 64"
        : Title.Length is 0 or > TitleMax ? $"title is empty or longer than {TitleMax}"
        : Link is not null && !IsLink(Link) ? "link is not http or https"
        : Creators is null || Categories is null ? "creators or categories are missing"
        : Creators.Count > 50 || Categories.Count > 100 ? "more than 50 creators or 100 categories"
        : null;

    /// <summary>The title at most <see cref="TitleMax"/> long; no character is cut in half.</summary>
    public static string Shorten(string title)
    {
        if (title.Length <= TitleMax) return title;
        var length = TitleMax - 1;
        return title[..(char.IsHighSurrogate(title[length - 1]) ? length - 1 : length)] + "…";
    }

    /// <summary>True for an absolute http or https address of bearable length.</summary>
    public static bool IsLink(string text) =>
        text.Length <= LinkMax && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
