using System.Net.Http.Json;
using System.Threading.Channels;
using Crypto.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>
/// Posts alerts to webhooks from a short queue of its own: retried a few times, then given up with a log line; the rest of
/// the platform never waits for it. The alert stays in its table and topic either way.
/// </summary>
public sealed partial class AlertWebhooks(AggregationOptions options, TimeProvider clock, ILogger<AlertWebhooks> logger) : BackgroundService
{
    private const int Attempts = 5;

    private readonly Channel<StoredAlert> _queue = Channel.CreateBounded<StoredAlert>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Queues the alert; returns at once.</summary>
    public void Send(StoredAlert alert)
    {
        if (options.Alerts.Webhooks.Count > 0) _queue.Writer.TryWrite(alert);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            await foreach (var alert in _queue.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                foreach (var webhook in options.Alerts.Webhooks) await PostAsync(http, webhook, alert, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the alerts are in their table.
        }
    }

    /// <summary>The body that the webhook's kind expects.</summary>
    internal static object BodyOf(WebhookOptions webhook, StoredAlert alert) => webhook.Kind == "pagerduty"
        ? new
        {
            routing_key = webhook.RoutingKey,
            event_action = "trigger",
            dedup_key = $"crypto-{alert.Key}-{alert.Kind}",
            payload = new
            {
                summary = alert.Message,
                source = alert.Key,
                severity = alert.Severity,
                timestamp = UnixTime.ToRfc3339(UnixTime.ToMicroseconds(alert.MarketTime)),
                component = alert.Kind,
            },
        }
        : new { text = $"[{alert.Severity}] {alert.Message}" };

    private async Task PostAsync(HttpClient http, WebhookOptions webhook, StoredAlert alert, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromMilliseconds(500);
        for (var attempt = 1; ; attempt++)
        {
            string reason;
            try
            {
                using var response = await http.PostAsJsonAsync(webhook.Url, BodyOf(webhook, alert), cancellation).ConfigureAwait(false);
                if (response.IsSuccessStatusCode) return;
                reason = $"status {(int)response.StatusCode}";
                // A refusal is final, but for too many requests.
                if ((int)response.StatusCode is >= 400 and < 500 and not 429) attempt = Attempts;
            }
            catch (Exception e) when (HttpFailure.Is(e) || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                reason = e.Message;
            }
            if (attempt >= Attempts)
            {
                Log.GivenUp(logger, alert.Id, webhook.Kind, reason);
                return;
            }
            await Task.Delay(pause, clock, cancellation).ConfigureAwait(false);
            pause *= 2;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Alert {Id} could not be posted to a {Kind} webhook: {Reason}")]
        public static partial void GivenUp(ILogger logger, long id, string kind, string reason);
    }
}
