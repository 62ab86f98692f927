using Crypto.Aggregation.Analytics.Signals;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Aggregation.Tests.Analytics;

/// <summary>Webhooks that refuse, and those that do not answer, at a real HTTP server.</summary>
public class WebhookTests
{
    [Fact]
    public async Task A_refusal_is_final_and_the_next_alert_is_posted()
    {
        var posts = new List<string>();
        await using var receiver = await ReceiveAsync(async request =>
        {
            using var reader = new StreamReader(request.Body);
            var post = await reader.ReadToEndAsync();
            lock (posts) posts.Add(post);
            return posts.Count == 1 ? Results.BadRequest() : Results.Ok();
        });
        using var webhooks = await StartAsync(UrlOf(receiver));
        webhooks.Send(Make(1));
        webhooks.Send(Make(2));
        await Eventually.IsTrueAsync(() => posts.Count >= 2, TimeSpan.FromSeconds(60), describe: () => "both alerts posted");
        await webhooks.StopAsync(default);
        // Not a second time: the body would have been refused again.
        Assert.Equal(["alert 1", "alert 2"], posts.Select(post => post.Contains("alert 1", StringComparison.Ordinal) ? "alert 1" : "alert 2"));
    }

    [Fact]
    public async Task Too_many_requests_is_tried_again()
    {
        var posts = 0;
        await using var receiver = await ReceiveAsync(_ =>
            Task.FromResult(Interlocked.Increment(ref posts) < 3 ? Results.StatusCode(429) : Results.Ok()));
        using var webhooks = await StartAsync(UrlOf(receiver));
        webhooks.Send(Make(1));
        await Eventually.IsTrueAsync(() => Volatile.Read(ref posts) == 3, TimeSpan.FromSeconds(60), describe: () => "posted until it was taken");
        await webhooks.StopAsync(default);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_holds_nobody_up()
    {
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<IResult>();
        await using var receiver = await ReceiveAsync(_ =>
        {
            asked.TrySetResult();
            return never.Task;
        });
        using var webhooks = await StartAsync(UrlOf(receiver));
        webhooks.Send(Make(0));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        // More than its queue holds; each call returns although the first post is still under way.
        for (var i = 1; i <= 5_000; i++) webhooks.Send(Make(i));
        Assert.False(never.Task.IsCompleted);
        await webhooks.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(60));
        never.SetResult(Results.Ok());
    }

    [Theory]
    [InlineData("email", "http://127.0.0.1/x", "", "Aggregation:Alerts:Webhooks:0:Kind is 'email': use slack or pagerduty")]
    [InlineData("slack", "nowhere", "", "Aggregation:Alerts:Webhooks:0:Url is 'nowhere': give an http(s) URL")]
    [InlineData("pagerduty", "http://127.0.0.1/x", "", "Aggregation:Alerts:Webhooks:0:RoutingKey is empty: give the integration key of the PagerDuty service")]
    [InlineData("slack", "https://hooks.example.org/x", "", null)]
    public void A_setting_that_cannot_work_is_named_with_the_remedy(string kind, string url, string key, string? problem) =>
        Assert.Equal(problem, new WebhookOptions { Kind = kind, Url = url, RoutingKey = key }.Problem(0));

    private static async Task<AlertWebhooks> StartAsync(string url)
    {
        var options = new AggregationOptions();
        options.Alerts.Webhooks.Add(new WebhookOptions { Url = url });
        var webhooks = new AlertWebhooks(options, TimeProvider.System, NullLogger<AlertWebhooks>.Instance);
        await webhooks.StartAsync(default);
        return webhooks;
    }

    private static async Task<WebApplication> ReceiveAsync(Func<HttpRequest, Task<IResult>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = builder.Build();
        receiver.Urls.Add("http://127.0.0.1:0");
        receiver.MapPost("/", answer);
        await receiver.StartAsync();
        return receiver;
    }

    private static string UrlOf(WebApplication receiver) =>
        receiver.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    private static StoredAlert Make(int number) =>
        new(number, "binance:BTCUSDT", "BTCUSDT", "price-jump", "critical", $"alert {number}", "{}", DateTime.UnixEpoch);
}
