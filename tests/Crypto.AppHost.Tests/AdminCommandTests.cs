using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting.Testing;
using Xunit;

namespace Crypto.AppHost.Tests;

/// <summary>The dashboard's buttons.</summary>
[Collection(SystemTests.Name)]
public sealed class AdminCommandTests(SystemFixture system)
{
    [Theory]
    [InlineData("ingestion", "repair")]
    [InlineData("ingestion", "backfill")]
    [InlineData("aggregation", "reconcile")]
    public async Task A_button_does_its_work_and_tells_what_came_of_it(string service, string command)
    {
        var result = await system.CommandAsync(service, command);
        Assert.True(result.Success, result.Message);
        Assert.Matches(command == "reconcile" ? "candles equal" : "trade ids are being fetched", result.Data?.Value ?? "");
    }

    [Theory]
    [InlineData("ingestion", "repair")]
    [InlineData("storage", "reset")]
    [InlineData("aggregation", "reconcile")]
    public async Task Nobody_does_it_without_the_token(string service, string command)
    {
        using var http = system.App.CreateHttpClient(service, "http");
        using var refused = await http.PostAsync($"/admin/{command}", content: null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "wrong");
        using var wrong = await http.PostAsync($"/admin/{command}", content: null);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task A_store_that_was_reset_fills_again()
    {
        var before = await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("stored").GetInt64() > 1000);
        var reset = await system.CommandAsync("storage", "reset");
        Assert.True(reset.Success, reset.Message);
        // What ingestion has published comes back from the exchange, and joins what is traded now.
        var last = before.GetProperty("lastTradeId").GetInt64();
        await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("ranges").EnumerateArray().Any(
            range => range.GetProperty("first").GetInt64() <= last - 1000 && range.GetProperty("last").GetInt64() > last));
        await system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=3", json => json.GetProperty("candles").GetArrayLength() == 3);
    }
}
