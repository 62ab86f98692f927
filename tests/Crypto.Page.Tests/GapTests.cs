using Crypto.Page.Tests.Support;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>What a reader sees when the exchange fails. It waits much, beside the tests of the other host.</summary>
public sealed class GapTests
{
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
}
