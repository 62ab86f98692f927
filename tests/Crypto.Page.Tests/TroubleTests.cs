using System.Globalization;
using Crypto.Page.Tests.Support;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>What a reader sees when something goes wrong.</summary>
[Collection(LoopingHostCollection.Name)]
public sealed class TroubleTests(LoopingHost looping)
{
    [BrowserFact]
    public async Task A_killed_server_is_survived_and_nothing_is_missing_afterwards()
    {
        var host = looping.Host;
        await using var visit = await Visit.ToAsync(host, "#ETHUSDT/1m");
        await visit.ShowsAsync("ETHUSDT", "1m", atLeast: 25);

        await host.KillAsync();
        await visit.SaysAsync("#feed-text", "^Reconnecting$");
        await visit.SaysAsync("#notice", "connection is lost");
        await visit.PictureAsync("lost");

        await host.StartAgainAsync();
        await visit.SaysAsync("#feed-text", "^Recorded$");
        await visit.UntilAsync("the notice goes", async () => await visit.Page.Locator("#notice").IsHiddenAsync());
        var before = await visit.TextAsync("#legend .item:has-text('Trades') b");
        await visit.UntilAsync("candles move again", async () => await visit.TextAsync("#legend .item:has-text('Trades') b") != before);

        // The half hour that a first start fetches may still be on its way: what is repaired late must reach the open page too.
        await visit.SaysAsync("#badge-text", "^Complete");
        await visit.UntilAsync("the chart has every minute", async () =>
        {
            var minutes = (Parse(await visit.DataAsync("newest")) - Parse(await visit.DataAsync("oldest"))).TotalMinutes;
            return await visit.CandlesAsync() == minutes + 1;
        });
        visit.IsClean();
    }

    [BrowserFact]
    public async Task The_badge_turns_when_a_gap_appears_and_back_when_it_is_repaired()
    {
        await using var exchange = await UnrulyExchange.StartAsync();
        await using var host = await PageHost.StartAsync(
            "--roles", "kafka,postgres,ingestion,storage,aggregation,query", "--market-url", exchange.Url);
        await host.CompleteAsync("BTCUSDT");
        await using var visit = await Visit.ToAsync(host, "#BTCUSDT/1s");
        await visit.SaysAsync("#badge-text", "^Complete");

        exchange.RefusesTrades = true;
        exchange.Lose(frames: 60);
        await visit.SaysAsync("#badge-text", @"^[\d,]+ missing$");
        Assert.Equal("missing", await visit.Page.Locator("#badge").GetAttributeAsync("data-state"));
        await visit.Page.Locator("#badge").ClickAsync();
        await visit.SaysAsync("#ledger .verdict", "trade ids of BTCUSDT are missing");
        await visit.PictureAsync("gap");

        exchange.RefusesTrades = false;
        await visit.SaysAsync("#ledger .state", "^repaired$");
        await visit.SaysAsync("#badge-text", "^Complete");
        await visit.SaysAsync("#ledger .verdict", "is accounted for");
        await visit.PictureAsync("repaired");
        await visit.Page.Keyboard.PressAsync("Escape");

        // Silent altogether: with REST alone at hand the trades would still be fetched, and the page be current.
        exchange.RefusesTrades = true;
        exchange.FallSilent();
        await visit.SaysAsync("#feed-text", "^Stale");
        await visit.SaysAsync("#notice", "prices below are not current");
        await visit.PictureAsync("stale");
        visit.IsClean();
    }

    private static DateTime Parse(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
