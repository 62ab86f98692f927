using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using Crypto.MarketReplay.Tests.Support;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

public class FeedTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 7, 30, TimeSpan.Zero);

    [Fact]
    public async Task Coins_are_the_recorded_rows_updated_in_the_present_minute()
    {
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Time = new SetTime(Now) });
        var rows = await server.GetAsync("/coingecko/api/v3/coins/markets?vs_currency=usd&ids=solana,bitcoin,unknown");
        Assert.Equal(["bitcoin", "solana"], rows.EnumerateArray().Select(r => r.GetProperty("id").GetString()));
        var recorded = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.PathOf("feeds/coins-markets-top10.json"))).RootElement[0];
        foreach (var field in recorded.EnumerateObject().Where(f => f.Name != "last_updated"))
            Assert.Equal(field.Value.GetRawText(), rows[0].GetProperty(field.Name).GetRawText());
        var updated = rows.EnumerateArray().Select(r => r.GetProperty("last_updated").GetDateTimeOffset()).ToList();
        Assert.All(updated, time => Assert.InRange(time, Now.AddMinutes(-2), Now));
    }

    [Theory]
    [InlineData("/coingecko/api/v3/coins/markets", 422)]
    [InlineData("/coingecko/api/v3/coins/markets?vs_currency=xxx", 400)]
    [InlineData("/rss/nothing.xml", 404)]
    public async Task Bad_requests_are_refused(string path, int status)
    {
        await using var server = await Replay.StartAsync(Replay.Of(Replay.Trade(1)));
        using var response = await server.GetResponseAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Fear_and_greed_are_the_recorded_days_and_end_today()
    {
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Time = new SetTime(Now) });
        var answer = await server.GetAsync("/fng/?limit=0");
        var days = answer.GetProperty("data").EnumerateArray()
            .Select(d => long.Parse(d.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), days[0]);
        var recorded = JsonDocument.Parse(await File.ReadAllTextAsync(TestData.PathOf("feeds/fear-greed-limit60.json"))).RootElement.GetProperty("data");
        Assert.Equal(Values(recorded), Values(answer.GetProperty("data")));
        Assert.All(days.Zip(days.Skip(1), (a, b) => a - b), gap => Assert.Equal(86400, gap));
        Assert.Equal("42750", answer.GetProperty("data")[0].GetProperty("time_until_update").GetString());
        Assert.Equal(1, (await server.GetAsync("/fng/")).GetProperty("data").GetArrayLength());

        static IEnumerable<string?> Values(JsonElement rows) => rows.EnumerateArray().Select(d => d.GetProperty("value").GetString());
    }

    [Fact]
    public async Task News_are_a_function_of_time_and_have_ids_creators_and_categories()
    {
        var time = new SetTime(Now);
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Time = time });
        var before = await ItemsAsync(server);
        time.Now = Now.AddMinutes(15);
        var after = await ItemsAsync(server);
        Assert.Equal(20, before.Count);
        Assert.Equal(before.SkipLast(1).Select(Id), after.Skip(1).Select(Id));
        Assert.DoesNotContain(Id(after[0]), before.Select(Id));
        Assert.Contains(after, i => i.Elements("{http://purl.org/dc/elements/1.1/}creator").Count() > 1);
        Assert.All(after, i => Assert.NotEmpty(i.Elements("category")));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 12, 15, 0, TimeSpan.Zero), DateTimeOffset.Parse(after[0].Element("pubDate")!.Value, CultureInfo.InvariantCulture));

        static string Id(XElement item) => item.Element("guid")!.Value;
    }

    [Fact]
    public async Task What_did_not_change_is_not_sent_again()
    {
        await using var server = await Replay.StartAsync(new MarketReplayOptions { Time = new SetTime(Now) });
        using var first = await server.GetResponseAsync("/rss/technology.xml");
        using var http = new HttpClient();
        http.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await http.GetAsync(server.Url + "/rss/technology.xml");
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_scenario_can_trouble_one_feed_and_leave_the_others()
    {
        using var folder = new TemporaryFolder();
        var options = Replay.Of(Replay.Trade(1));
        options.Scenario = Path.Combine(folder.Path, "scenario.json");
        await File.WriteAllTextAsync(options.Scenario, """{"faults":[{"kind":"status","status":429,"frame":0,"path":"/coingecko","requests":100}]}""");
        await using var server = await Replay.StartAsync(options);
        using var coins = await server.GetResponseAsync("/coingecko/api/v3/coins/markets?vs_currency=usd");
        Assert.Equal(HttpStatusCode.TooManyRequests, coins.StatusCode);
        using var sentiment = await server.GetResponseAsync("/fng/");
        Assert.Equal(HttpStatusCode.OK, sentiment.StatusCode);
    }

    private static async Task<List<XElement>> ItemsAsync(MarketReplayServer server)
    {
        using var response = await server.GetResponseAsync("/rss/markets.xml");
        return [.. XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants("item")];
    }
}
