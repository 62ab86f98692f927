using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Tests.Roles;
using Crypto.MarketReplay;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Tests.Feeds;

public sealed class FeedRoleTests
{
    [Fact]
    public async Task Every_feed_reaches_the_store_once_and_one_that_fails_touches_no_other()
    {
        var asked = 0;
        await using var source = await ServeAsync(async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/coins":
                    Interlocked.Increment(ref asked);
                    context.Response.Headers.ETag = "\"one\"";
                    if (context.Request.Headers.IfNoneMatch == "\"one\"") context.Response.StatusCode = 304;
                    else await context.Response.SendFileAsync(TestData.PathOf("feeds/coins-markets-top10.json"));
                    break;
                case "/fng":
                    await context.Response.SendFileAsync(TestData.PathOf("feeds/fear-greed-limit60.json"));
                    break;
                default:
                    context.Response.StatusCode = 503;
                    break;
            }
        });
        var url = source.Urls.First();
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions());

        await platform.StartRolesAsync(settings:
        [
            ("Ingestion:FirstStartBackfill", "00:00:00"), ("Feeds:Enabled", "true"), ("Feeds:TickerEvery", "00:00:01"),
            ("Feeds:CoinGeckoUrl", $"{url}/coins"), ("Feeds:CoinGeckoEvery", "00:00:01"),
            ("Feeds:FearGreedUrl", $"{url}/fng"), ("Feeds:FearGreedEvery", "00:00:01"),
            ("Feeds:RssFeeds", $"broken={url}/rss"), ("Feeds:RssEvery", "00:00:01"),
        ]);

        await platform.UntilAsync("select count(*) from market.coin_prices", 10L);
        await platform.UntilAsync("select count(*) > 50 from market.sentiment", true);
        await platform.UntilAsync("select count(distinct symbol) from market.tickers", 2L);
        await Eventually.IsTrueAsync(() => asked >= 3);
        await platform.UntilAsync("select count(*) from market.feeds where last_success_at is not null", 3L);
        await platform.UntilAsync("select last_failure like '%503%' from market.feeds where feed = 'rss:broken'", true);
        Assert.Equal(10L, await platform.Database.ScalarAsync<long>("select count(*) from market.coin_prices"));
        Assert.Equal("29309", await platform.Database.ScalarAsync<string>("select current_price::text from market.coin_prices where coin_id = 'bitcoin'"));
    }

    [Fact]
    public async Task A_row_that_breaks_the_contract_goes_to_the_dead_letters_with_its_bytes()
    {
        const string Row = """{"id":"broken","symbol":"b","name":"B","current_price":null,"last_updated":"2023-07-28T20:03:29.093Z"}""";
        await using var source = await ServeAsync(context => context.Response.WriteAsync($"[{Row}]"));
        await using var platform = await Platform.StartAsync();
        await platform.OpenMarketAsync(new MarketReplayOptions());

        await platform.StartRolesAsync(storage: false, settings:
        [
            ("Ingestion:FirstStartBackfill", "00:00:00"), ("Feeds:Enabled", "true"),
            ("Feeds:CoinGeckoUrl", source.Urls.First()), ("Feeds:TickerEvery", "00:00:00"), ("Feeds:FearGreedEvery", "00:00:00"),
            ("Feeds:RssEvery", "00:00:00"),
        ]);

        var letter = DeadLetterReader.First(platform.Broker, Topics.DeadLetters(Topics.PricesRaw));
        Assert.Equal(Row, Encoding.UTF8.GetString(letter.Message.Value));
        Assert.Contains("current_price", Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("dlq-reason")));
    }

    [Fact]
    public async Task An_answer_that_was_not_accepted_is_asked_for_whole_again_and_only_then_by_its_validators()
    {
        var asked = new List<string>();
        await using var source = await ServeAsync(async context =>
        {
            asked.Add(context.Request.Headers.IfNoneMatch.ToString());
            context.Response.Headers.ETag = "\"one\"";
            if (context.Request.Headers.IfNoneMatch == "\"one\"") context.Response.StatusCode = 304;
            else await context.Response.WriteAsync("body");
        });
        using var http = new HttpClient();
        var client = new Crypto.Ingestion.Feeds.ConditionalClient(http);

        Assert.NotNull(await client.GetAsync(source.Urls.First(), default));
        Assert.NotNull(await client.GetAsync(source.Urls.First(), default));
        client.Accept();
        Assert.Null(await client.GetAsync(source.Urls.First(), default));

        Assert.Equal(["", "", "\"one\""], asked);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
