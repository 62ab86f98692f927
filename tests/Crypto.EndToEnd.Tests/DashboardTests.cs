using System.Text.Json;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>The dashboard as a child process: what becomes of it when its owner is killed.</summary>
public sealed class DashboardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [AspireFact]
    public async Task One_that_a_killed_process_left_is_taken_over_and_ends_with_the_next()
    {
        await AspireCli.InstallAsync();
        await using var pipeline = new Pipeline();
        var port = FreePorts.TakeInARow(3);
        string[] options = ["--roles", "market", "--dashboard", "--dashboard-port", $"{port}"];
        using var page = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience };

        var killed = pipeline.Up(options);
        await killed.HealthyAsync(Patience);
        var first = DashboardId();
        await killed.KillAsync();
        // It outlives its owner, and the port is its.
        Assert.True((await page.GetAsync("/")).IsSuccessStatusCode);

        var next = pipeline.Up(options);
        await next.HealthyAsync(Patience);
        Assert.Equal(first, DashboardId());
        Assert.True((await page.GetAsync("/")).IsSuccessStatusCode);
        Assert.Equal(0, await next.StopAsync(Patience));
        await Assert.ThrowsAsync<HttpRequestException>(() => page.GetAsync("/"));

        int DashboardId()
        {
            using var mark = JsonDocument.Parse(File.ReadAllText(Path.Combine(pipeline.Folder, $"dashboard-{port}.json")));
            return mark.RootElement.GetProperty("Dashboard").GetProperty("Id").GetInt32();
        }
    }
}
