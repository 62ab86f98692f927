using System.Globalization;
using Crypto.Page.Tests.Support;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>What a reader sees when the server goes.</summary>
[Collection(LoopingHostCollection.Name)]
public sealed class TroubleTests(LoopingHost looping)
{
    [BrowserFact]
    public async Task A_killed_server_is_survived_and_nothing_is_missing_afterwards()
    {
        var host = looping.Host;
        await using var visit = await Visit.ToAsync(host, "#ETHUSDT/1m");
        await visit.ShowsAsync("ETHUSDT", "1m", atLeast: 50);

        await host.KillAsync();
        await visit.SaysAsync("#feed-text", "^Reconnecting$");
        await visit.SaysAsync("#notice", "connection is lost");
        await visit.PictureAsync("lost");

        await host.StartAgainAsync();
        await visit.SaysAsync("#feed-text", "^Recorded$");
        await visit.UntilAsync("the notice goes", async () => await visit.Page.Locator("#notice").IsHiddenAsync());
        var before = await visit.TextAsync("#legend .item:has-text('Trades') b");
        await visit.UntilAsync("candles move again", async () => await visit.TextAsync("#legend .item:has-text('Trades') b") != before);

        // The hour that a first start fetches may still be on its way: what is repaired late must reach the open page too.
        await visit.SaysAsync("#badge-text", "^Complete");
        await visit.UntilAsync("the chart has every minute", async () =>
        {
            var minutes = (Parse(await visit.DataAsync("newest")) - Parse(await visit.DataAsync("oldest"))).TotalMinutes;
            return await visit.CandlesAsync() == minutes + 1;
        });
        visit.IsClean();
    }

    private static DateTime Parse(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
