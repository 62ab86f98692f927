using System.Globalization;
using System.Text;
using System.Xml;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Feeds;

/// <summary>
/// RSS 2.0. Every quarter of an hour of market time has its piece of news, so that a feed is a function of time; its id is
/// no URL, and a piece may have several creators. <c>odd.xml</c> and <c>dtd.xml</c> are what a reader must survive.
/// </summary>
internal static class NewsAnswers
{
    private const string DublinCore = "http://purl.org/dc/elements/1.1/";
    private const long SlotSeconds = 900;
    private const int Items = 20;

    private const string Odd =
        """
        <?xml version="1.0"?><rss version="2.0"><channel><title>odd</title>
        <item><guid>odd-1</guid><title>&lt;img src=x onerror=alert(1)&gt;</title><link>javascript:alert(1)</link></item>
        <item><guid>odd-2</guid><title>No time</title><link>https://news.example/odd-2</link></item>
        <item><guid>odd-2</guid><title>Twice the same id</title><link>https://news.example/odd-2b</link></item>
        <item><title>No id, but a link</title><link>https://news.example/odd-3</link><pubDate>never</pubDate></item>
        <item><title>Neither id nor link</title></item>
        <item/></channel></rss>
        """;

    private const string Dtd =
        """
        <?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <rss version="2.0"><channel><title>&b;</title><item><guid>dtd-1</guid><title>&b;</title></item></channel></rss>
        """;

    public static FeedAnswer Answer(string file, long marketTimeUs) => file switch
    {
        "markets.xml" => FeedAnswer.Xml(Feed("Markets", "m", NewsTexts.Markets, marketTimeUs)),
        "technology.xml" => FeedAnswer.Xml(Feed("Technology", "t", NewsTexts.Technology, marketTimeUs)),
        "odd.xml" => FeedAnswer.Xml(Odd),
        "dtd.xml" => FeedAnswer.Xml(Dtd),
        _ => FeedAnswer.NotFound,
    };

    private static string Feed(string title, string prefix, NewsText[] texts, long marketTimeUs)
    {
        var slot = marketTimeUs / UnixTime.MicrosecondsPerSecond / SlotSeconds;
        using var text = new Utf8StringWriter();
        using (var xml = XmlWriter.Create(text))
        {
            xml.WriteStartElement("rss");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteAttributeString("xmlns", "dc", null, DublinCore);
            xml.WriteStartElement("channel");
            xml.WriteElementString("title", $"{title} (recorded exchange)");
            xml.WriteElementString("link", "https://news.example/");
            xml.WriteElementString("description", "Made up for the recorded exchange.");
            for (var i = 0; i < Items; i++) Item(xml, prefix, slot - i, texts[(slot - i) % texts.Length]);
            xml.WriteEndDocument();
        }
        return text.ToString();
    }

    private static void Item(XmlWriter xml, string prefix, long slot, NewsText text)
    {
        var time = UnixTime.ToDateTime(slot * SlotSeconds * UnixTime.MicrosecondsPerSecond);
        var id = string.Create(CultureInfo.InvariantCulture, $"{prefix}-{slot}");
        xml.WriteStartElement("item");
        xml.WriteStartElement("guid");
        xml.WriteAttributeString("isPermaLink", "false");
        xml.WriteString(id);
        xml.WriteEndElement();
        xml.WriteElementString("title", text.Title);
        xml.WriteElementString("link", $"https://news.example/{id}");
        xml.WriteStartElement("description");
        xml.WriteCData($"<p>{text.Summary}</p>");
        xml.WriteEndElement();
        xml.WriteElementString("pubDate", time.ToString("r", CultureInfo.InvariantCulture));
        foreach (var creator in text.Creators) xml.WriteElementString("dc", "creator", DublinCore, creator);
        foreach (var category in text.Categories) xml.WriteElementString("category", category);
        xml.WriteEndElement();
    }

    private sealed class Utf8StringWriter : StringWriter
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
