using System.Xml;
using System.Xml.Linq;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>
/// Reads RSS 2.0 and Atom. The document is not trusted: no DTD, no external entity, bounded size; links are kept only where
/// they are http or https, and text is text, whatever markup it contains.
/// </summary>
public static class RssReader
{
    private const int CharactersMax = 8 << 20;

    // Texts are put together by recursion: elements in elements, without end, would take the process with them.
    private const int DepthMax = 32;
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";

    /// <summary>One event per item. Items without any id, title or time are bad.</summary>
    /// <exception cref="FeedUnavailableException">The document is no feed.</exception>
    public static IReadOnlyList<FeedEvent> Read(byte[] body, string source)
    {
        var root = Load(body);
        var items = root.Name == Atom + "feed" ? root.Elements(Atom + "entry").Select(entry => ReadEntry(entry, source))
            : root.Name == "rss" ? root.Elements("channel").Elements("item").Select(item => ReadItem(item, source))
            : throw new FeedUnavailableException($"{source} is no RSS or Atom feed but <{root.Name.LocalName}>");
        return [.. items];
    }

    private static XElement Load(byte[] body)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = CharactersMax,
            MaxCharactersFromEntities = 1024,
            CloseInput = true,
        };
        try
        {
            using (var shape = XmlReader.Create(new MemoryStream(body), settings))
                while (shape.Read())
                    if (shape.Depth > DepthMax) throw new FeedUnavailableException($"the feed nests elements deeper than {DepthMax}");
            using var reader = XmlReader.Create(new MemoryStream(body), settings);
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException e)
        {
            throw new FeedUnavailableException($"the feed is no XML that can be trusted: {e.Message}", inner: e);
        }
    }

    private static FeedEvent ReadItem(XElement item, string source) => Make(
        item, source,
        Text(item.Element("guid")) ?? Text(item.Element("link")),
        Text(item.Element("title")),
        Text(item.Element("link")),
        Text(item.Element("pubDate")) ?? Text(item.Element(DublinCore + "date")),
        [.. Texts(item.Elements(DublinCore + "creator")), .. Texts(item.Elements("author"))],
        Texts(item.Elements("category")));

    private static FeedEvent ReadEntry(XElement entry, string source) => Make(
        entry, source,
        Text(entry.Element(Atom + "id")),
        Text(entry.Element(Atom + "title")),
        entry.Elements(Atom + "link").FirstOrDefault(link => (string?)link.Attribute("rel") is null or "alternate")?.Attribute("href")?.Value.Trim(),
        Text(entry.Element(Atom + "published")) ?? Text(entry.Element(Atom + "updated")),
        Texts(entry.Elements(Atom + "author").Elements(Atom + "name")),
        [.. entry.Elements(Atom + "category").Select(c => (string?)c.Attribute("term") ?? "").Where(term => term.Length > 0)]);

    private static FeedEvent Make(
        XElement item, string source, string? id, string? title, string? link, string? published, List<string> creators, List<string> categories)
    {
        var original = item.ToString();
        if (id is null) return FeedEvent.Bad(original, "the item has neither an id nor a link");
        if (title is null) return FeedEvent.Bad(original, "the item has no title");
        if (!FeedTime.TryParse(published, out var time)) return FeedEvent.Bad(original, $"the item's time is missing or unreadable: {published}");
        title = NewsItem.Shorten(title);
        return FeedEvent.Of(
            new NewsItem($"{source}:{id}", source, title, link is not null && NewsItem.IsLink(link) ? link : null, time, creators, categories),
            time, original);
    }

    private static string? Text(XElement? element) => element?.Value.Trim() is { Length: > 0 } text ? text : null;

    private static List<string> Texts(IEnumerable<XElement> elements) => [.. elements.Select(Text).OfType<string>()];
}
