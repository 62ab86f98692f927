using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Crypto.Contracts.Feeds;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Feeds.Sources;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;
using TestData = Crypto.Testing.TestData;

namespace Crypto.Ingestion.Tests.Feeds;

/// <summary>What the feeds' readers promise of any answer: nothing is rounded, nothing is made up, nothing is thrown but the feed's own failure.</summary>
public sealed class FeedPropertyTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(TestScale.Count(10_000));
    private static readonly string[] Optional =
    [
        "market_cap", "fully_diluted_valuation", "total_volume", "high_24h", "low_24h", "price_change_24h", "circulating_supply", "total_supply",
        "max_supply", "ath", "atl",
    ];

    // Up to 40 digits and exponents that go far beyond what decimal and double hold.
    private static readonly Gen<(BigInteger Mantissa, int Exponent)> Numbers =
        from digits in Gen.Elements("0123456789".ToCharArray()).ArrayOf(40)
        from length in Gen.Choose(1, 40)
        from exponent in Gen.Choose(-200, 200)
        select (BigInteger.Parse(new string(digits, 0, length), CultureInfo.InvariantCulture), exponent);

    [Fact]
    public void A_number_with_an_exponent_keeps_its_exact_value() => Check.One(Runs, Prop.ForAll(Numbers.ToArbitrary(), number =>
    {
        Assert.True(PlainNumber.TryFromJson($"{number.Mantissa}e{number.Exponent}", out var plain));
        Assert.True(PlainNumber.IsValid(plain));

        var point = plain.IndexOf('.');
        var places = point < 0 ? 0 : plain.Length - point - 1;
        var unscaled = BigInteger.Parse(plain.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        // unscaled * 10^-places == mantissa * 10^exponent, in whole numbers.
        Assert.Equal(number.Mantissa * BigInteger.Pow(10, Math.Max(0, places + number.Exponent)),
            unscaled * BigInteger.Pow(10, Math.Max(0, -(places + number.Exponent))));
    }));

    [Fact]
    public void A_price_keeps_every_number_and_every_null() => Check.One(Runs, Prop.ForAll(
        Numbers.Where(n => n.Mantissa > 0).ToArbitrary(), Gen.Elements(Optional).ArrayOf().ToArbitrary(), (number, absent) =>
        {
            var text = $"{number.Mantissa}E{number.Exponent}";
            var fields = Optional.Select(name => $"\"{name}\":{(absent.Contains(name) ? "null" : text)}");
            var row = $$"""[{"id":"x","symbol":"x","name":"X","current_price":{{text}},"last_updated":"2023-07-28T20:03:29.093Z",{{string.Join(',', fields)}}}]""";

            var item = Assert.Single(CoinGeckoFeed.Read(Encoding.UTF8.GetBytes(row), "usd"));

            Assert.Null(item.Fault);
            Assert.True(FeedJson.TryRead<CoinPrice>(item.Value, out _, out var error), error);
            Assert.True(PlainNumber.TryFromJson(text, out var plain));
            var written = JsonNode.Parse(item.Value)!.AsObject();
            Assert.Equal(plain, (string?)written["current_price"]);
            foreach (var name in Optional) Assert.Equal(absent.Contains(name) ? null : plain, (string?)written[name]);
        }));

    [Fact]
    public void Days_that_an_index_leaves_out_stay_out_whatever_their_order() => Check.One(Runs, Prop.ForAll(
        Gen.Choose(1, 20_000).ArrayOf().ToArbitrary(), days =>
        {
            var rows = days.Distinct().Select(day => $$"""{"value":"{{day % 101}}","value_classification":"c","timestamp":"{{day * 86_400L}}"}""");

            var events = FearGreedFeed.Read(Encoding.UTF8.GetBytes($$"""{"data":[{{string.Join(',', rows)}}]}"""));

            Assert.All(events, item => Assert.Null(item.Fault));
            Assert.Equal(days.Distinct().Order().Select(day => day * 86_400L), events.Select(item => item.TimeUtc.ToUnixTimeSeconds()));
        }));

    [Fact]
    public void Any_text_of_a_news_item_is_kept_as_text() => Check.One(Runs, Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), any =>
    {
        // What XML cannot carry cannot arrive; the reader trims.
        var title = string.Concat(any.Get.Where(c => System.Xml.XmlConvert.IsXmlChar(c) && c is not ('\r' or '\n' or '\t'))).Trim();
        if (title.Length == 0) return;
        var element = new System.Xml.Linq.XElement("rss", new System.Xml.Linq.XElement("channel", new System.Xml.Linq.XElement("item",
            new System.Xml.Linq.XElement("title", title), new System.Xml.Linq.XElement("guid", "1"), new System.Xml.Linq.XElement("pubDate", "2024-08-09T00:00:00Z"))));

        var item = Assert.Single(RssReader.Read(Encoding.UTF8.GetBytes(element.ToString(System.Xml.Linq.SaveOptions.DisableFormatting)), "sample"));

        Assert.True(FeedJson.TryRead<NewsItem>(item.Value, out var news, out var error), error);
        Assert.Equal(title.Length > NewsItem.TitleMax ? title[..(NewsItem.TitleMax - 1)] + "…" : title, news!.Title);
    }));

    [Fact]
    public void Recorded_answers_with_any_value_exchanged_for_any_other_give_events_or_faults_and_nothing_else()
    {
        var answers = new (byte[] Body, Func<byte[], IReadOnlyList<FeedEvent>> Read)[]
        {
            (File.ReadAllBytes(TestData.PathOf("feeds/coins-markets-top10.json")), body => CoinGeckoFeed.Read(body, "usd")),
            (File.ReadAllBytes(TestData.PathOf("feeds/fear-greed-limit60.json")), FearGreedFeed.Read),
        };
        string[] values = ["null", "1e999", "-0.0", "1e-200", "\"\"", "\"x\"", "true", "[]", "{}", "123456789012345678901234567890123456789.5", "\"\\u0000\""];
        var choices = Gen.Choose(0, answers.Length - 1).SelectMany(_ => Gen.Choose(0, 10_000), (answer, place) => (answer, place))
            .SelectMany(_ => Gen.Elements(values), (at, value) => (at.answer, at.place, value));

        Check.One(Runs, Prop.ForAll(choices.ToArbitrary(), choice =>
        {
            var (body, read) = answers[choice.answer];
            var root = JsonNode.Parse(body)!;
            var rows = (root as JsonArray ?? root["data"]!.AsArray()).Select(row => row!.AsObject()).ToList();
            var row = rows[choice.place % rows.Count];
            row[row.ElementAt(choice.place / rows.Count % row.Count).Key] = JsonNode.Parse(choice.value);

            var events = read(Encoding.UTF8.GetBytes(root.ToJsonString()));

            Assert.Equal(rows.Count, events.Count);
            // At most the one row is bad, and then with a reason and its bytes.
            Assert.True(events.Count(item => item.Fault is not null) <= 1);
            Assert.All(events.Where(item => item.Fault is not null), item => Assert.NotEmpty(item.Value));
        }));
    }
}
