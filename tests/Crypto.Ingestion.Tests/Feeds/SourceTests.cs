using System.Globalization;
using System.Text;
using Crypto.Contracts.Feeds;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Feeds.Sources;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Feeds;

public sealed class SourceTests
{
    private static T Single<T>(IReadOnlyList<FeedEvent> events)
        where T : class, IFeedEvent
    {
        Assert.Null(Assert.Single(events).Fault);
        Assert.True(FeedJson.TryRead<T>(events[0].Value, out var value, out var error), error);
        return value!;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public void The_recorded_answer_of_CoinGecko_gives_ten_prices_with_nulls_kept()
    {
        var events = CoinGeckoFeed.Read(File.ReadAllBytes(TestData.PathOf("feeds/coins-markets-top10.json")), "usd");

        Assert.Equal(10, events.Count);
        var prices = events.Select(e => FeedJson.TryRead<CoinPrice>(e.Value, out var price, out var error) ? price! : throw new InvalidDataException(error)).ToList();
        var bitcoin = prices.Single(p => p.CoinId == "bitcoin");
        Assert.Equal(("29309", "21000000.0", "btc"), (bitcoin.CurrentPrice, bitcoin.MaxSupply, bitcoin.Symbol));
        Assert.Equal(new DateTimeOffset(2023, 7, 28, 20, 3, 29, 93, TimeSpan.Zero), bitcoin.TsEvent);
        Assert.Null(prices.Single(p => p.CoinId == "ethereum").MaxSupply);
        Assert.All(events, e => Assert.Equal("usd", FeedJson.TryRead<CoinPrice>(e.Value, out var p, out _) ? p!.VsCurrency : ""));
    }

    [Theory]
    [InlineData("1.206e-09", "0.000000001206")]
    [InlineData("1.58e+37", "15800000000000000000000000000000000000")]
    [InlineData("-2.50E2", "-250")]
    [InlineData("12.5e0", "12.5")]
    [InlineData("0e5", "0")]
    [InlineData("61685.99", "61685.99")]
    public void Numbers_with_exponents_become_plain_and_lose_nothing(string json, string plain)
    {
        Assert.True(PlainNumber.TryFromJson(json, out var text));

        Assert.Equal(plain, text);
        Assert.True(PlainNumber.IsValid(text));
        Assert.Equal(double.Parse(json, CultureInfo.InvariantCulture), double.Parse(text, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("""[{"id":"x","symbol":"x","name":"X","current_price":null,"last_updated":"2023-07-28T20:03:29.093Z"}]""", "current_price")]
    [InlineData("""[{"id":"x","symbol":"x","name":"X","current_price":1}]""", "last_updated")]
    [InlineData("""[{"id":"x","symbol":"x","name":"X","current_price":1e999,"last_updated":"2023-07-28T20:03:29.093Z"}]""", "1e999")]
    [InlineData("""[{"symbol":"x","current_price":1}]""", "id")]
    [InlineData("""[5]""", "id")]
    public void A_row_of_CoinGecko_that_is_no_price_is_bad_with_the_reason(string body, string reason)
    {
        var item = Assert.Single(CoinGeckoFeed.Read(Utf8(body), "usd"));

        Assert.Contains(reason, item.Fault);
        Assert.Equal(body[1..^1], Encoding.UTF8.GetString(item.Value));
    }

    [Fact]
    public void Missing_days_of_the_fear_and_greed_index_stay_missing()
    {
        var recorded = File.ReadAllText(TestData.PathOf("feeds/fear-greed-limit60.json"));
        var missing = new DateTimeOffset(2025, 4, 20, 0, 0, 0, TimeSpan.Zero);
        var day = System.Text.Json.Nodes.JsonNode.Parse(recorded)!;
        var data = day["data"]!.AsArray();
        data.Remove(data.Single(row => (string?)row!["timestamp"] == missing.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));

        var events = FearGreedFeed.Read(Utf8(day.ToJsonString()));

        Assert.Equal(FearGreedFeed.Read(Utf8(recorded)).Count - 1, events.Count);
        Assert.All(events, e => Assert.Null(e.Fault));
        Assert.DoesNotContain(events, e => e.TimeUtc == missing);
    }

    [Fact]
    public void Numbers_and_times_that_are_strings_are_read()
    {
        var newest = FearGreedFeed.Read(File.ReadAllBytes(TestData.PathOf("feeds/fear-greed-limit2.json")))[^1];

        Assert.True(FeedJson.TryRead<SentimentValue>(newest.Value, out var value, out _));
        Assert.Equal((71, "Greed", 1790294400L), (value!.Value, value.Classification, value.TimestampUtc.ToUnixTimeSeconds()));
    }

    [Theory]
    [InlineData("""{"data":[{"value":"101","value_classification":"?","timestamp":"1790294400"}]}""")]
    [InlineData("""{"data":[{"value":"-1","value_classification":"?","timestamp":"1790294400"}]}""")]
    [InlineData("""{"data":[{"value":71,"timestamp":"1790294400"}]}""")]
    [InlineData("""{"data":[{"value":"71","timestamp":"soon"}]}""")]
    public void A_value_that_no_index_has_is_bad(string body) =>
        Assert.NotNull(Assert.Single(FearGreedFeed.Read(Utf8(body))).Fault);

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"status":{"error_code":429}}""")]
    public void What_is_no_answer_at_all_is_the_sources_failure(string body)
    {
        Assert.Throws<FeedUnavailableException>(() => CoinGeckoFeed.Read(Utf8(body), "usd"));
        Assert.Throws<FeedUnavailableException>(() => FearGreedFeed.Read(Utf8(body)));
        Assert.Throws<FeedUnavailableException>(() => TickerFeed.Read(Utf8(body), "binance", ["BTCUSDT"]));
        Assert.Throws<FeedUnavailableException>(() => RssReader.Read(Utf8(body), "x"));
    }

    [Fact]
    public void A_ticker_is_read_for_the_wanted_symbols_only()
    {
        var ticker = Single<TickerSnapshot>(TickerFeed.Read(Utf8("""
            [{"symbol":"BTCUSDT","lastPrice":"61685.99000000","priceChangePercent":"-1.250","volume":"25.5","closeTime":1723161601437},
             {"symbol":"ETHUSDT","lastPrice":"2683.8","priceChangePercent":"0","volume":"1","closeTime":1723161601437}]
            """), "binance", ["BTCUSDT"]));

        Assert.Equal(("BTCUSDT", "61685.99000000", "-1.250", "25.5", "binance"),
            (ticker.Symbol, ticker.LastPrice, ticker.PriceChangePercent, ticker.Volume, ticker.Source));
    }

    [Fact]
    public void An_rss_item_keeps_every_creator_and_category_and_its_text_as_text()
    {
        var item = Single<NewsItem>(RssReader.Read(Utf8("""
            <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title><item>
            <title><![CDATA[Prices <b>up</b> & away]]></title><link>https://example.org/a</link><guid isPermaLink="false">tag-4711</guid>
            <pubDate>Fri, 09 Aug 2024 00:05:00 EST</pubDate><dc:creator>First Author</dc:creator><dc:creator>Second Author</dc:creator>
            <category>Markets</category><category>Bitcoin</category></item></channel></rss>
            """), "sample"));

        Assert.Equal("sample:tag-4711", item.Id);
        Assert.Equal("Prices <b>up</b> & away", item.Title);
        Assert.Equal(["First Author", "Second Author"], item.Creators);
        Assert.Equal(["Markets", "Bitcoin"], item.Categories);
        Assert.Equal(new DateTimeOffset(2024, 8, 9, 5, 5, 0, TimeSpan.Zero), item.PublishedAt);
    }

    [Fact]
    public void An_atom_entry_is_read_too()
    {
        var item = Single<NewsItem>(RssReader.Read(Utf8("""
            <feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>A</title><link href="https://example.org/1"/>
            <updated>2024-08-09T00:00:00Z</updated><author><name>One</name></author><category term="c"/></entry></feed>
            """), "sample"));

        Assert.Equal(("sample:urn:1", "https://example.org/1"), (item.Id, item.Link));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("/relative")]
    public void A_link_that_is_not_http_is_dropped(string link) =>
        Assert.Null(Single<NewsItem>(RssReader.Read(Utf8($"""
            <rss><channel><item><title>t</title><link>{link}</link><guid>1</guid><pubDate>2024-08-09T00:00:00Z</pubDate></item></channel></rss>
            """), "sample")).Link);

    [Fact]
    public void A_document_with_a_dtd_is_refused() =>
        Assert.Throws<FeedUnavailableException>(() => RssReader.Read(Utf8("""
            <?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>
            """), "sample"));

    [Fact]
    public void Elements_nested_without_end_are_refused_and_do_not_end_the_process()
    {
        var nested = string.Concat(Enumerable.Repeat("<a>", 500_000)) + string.Concat(Enumerable.Repeat("</a>", 500_000));

        var failure = Assert.Throws<FeedUnavailableException>(() => RssReader.Read(Utf8(
            $"<rss><channel><item><title>{nested}</title><guid>1</guid></item></channel></rss>"), "sample"));

        Assert.Contains("deeper than", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"articles":[{"url":"https://example.org/a","title":"a\u0000b","publishedAt":"2024-08-09T00:00:00Z"}]}""", "U+0000")]
    [InlineData("""{"articles":[{"url":"https://example.org/a","title":"\ud800","publishedAt":"2024-08-09T00:00:00Z"}]}""", "title is missing")]
    public void A_text_that_cannot_be_kept_makes_its_item_bad_and_no_other(string body, string reason) =>
        Assert.Contains(reason, Assert.Single(NewsApiFeed.Read(Utf8(body))).Fault);

    [Fact]
    public void A_title_is_not_cut_in_the_middle_of_a_character() => Assert.Equal(
        new string('x', NewsItem.TitleMax - 2) + "…", NewsItem.Shorten(new string('x', NewsItem.TitleMax - 2) + "\U0001F600 and on"));

    [Fact]
    public void A_source_is_never_asked_sooner_than_it_says_nor_at_once_nor_left_alone_for_ever()
    {
        var own = TimeSpan.FromSeconds(2);

        Assert.Equal(own, FeedWorker.PauseOf(own, null));
        Assert.Equal(own, FeedWorker.PauseOf(own, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(90), FeedWorker.PauseOf(own, TimeSpan.FromSeconds(90)));
        Assert.Equal(TimeSpan.FromDays(1), FeedWorker.PauseOf(own, TimeSpan.FromDays(1000)));
    }
}
