using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Crypto.AppHost;

/// <summary>Whether Binance serves us. Where it does not, dashboard and console say why, once, and what to run instead.</summary>
internal sealed partial class BinanceProbe(
    IHttpClientFactory clients, IInteractionService dashboard, ILogger<BinanceProbe> logger) : IHealthCheck
{
    private const string Remedy = "run with --Market=recorded to play a recording of it";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private string? _told;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var trouble = await TroubleAsync(cancellationToken);
        if (trouble is null)
        {
            _told = null;
            return HealthCheckResult.Healthy("Binance answers");
        }
        var message = $"Binance cannot be used from here: {trouble}; {Remedy}.";
        if (Interlocked.Exchange(ref _told, trouble) != trouble) Tell(message);
        return HealthCheckResult.Unhealthy(message);
    }

    private async Task<string?> TroubleAsync(CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Patience);
        try
        {
            using var client = clients.CreateClient(nameof(BinanceProbe));
            using var answer = await client.GetAsync("api/v3/ping", timeout.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.UnavailableForLegalReasons => "it serves no requests from this country (451)",
                (HttpStatusCode)418 => "it has banned this address for a while (418)",
                var status => $"it answers {(int)status}",
            };
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            return $"there is no way to it ({e.Message})";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return $"it has not answered for {Patience.TotalSeconds:0} s";
        }
    }

    private void Tell(string message)
    {
        Unusable(logger, message);
        if (!dashboard.IsAvailable) return;
        // The notification stays until it is dismissed; nobody here waits for that.
        _ = dashboard.PromptNotificationAsync("No live market", message, new NotificationInteractionOptions { Intent = MessageIntent.Warning });
    }

    [LoggerMessage(LogLevel.Warning, "{Message}")]
    private static partial void Unusable(ILogger logger, string message);
}
