using System.Collections.Concurrent;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Running;
using Crypto.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Aggregation.Reconciling;

/// <summary>
/// Compares settled candles with the exchange's own, over and over: the score is a metric and a table, and a difference
/// is an alert. An exchange that cannot be reached is logged once and asked again.
/// </summary>
public sealed partial class ReconcileService(
    OwnedInstruments owned, ReconciliationStore store, AlertStore alerts, MarketTime market, AggregationOptions options,
    AggregationMetrics metrics, TimeProvider clock, ILogger<ReconcileService> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<(Instrument, Interval), double> _scores = new();
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReconcileEvery <= TimeSpan.Zero) return;
        metrics.ObserveReconciliation(() => _scores.Select(s => (s.Key.Item1, s.Key.Item2, s.Value)));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var timer = new PeriodicTimer(options.ReconcileEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await TryAsync(http, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>One round over all instruments and intervals that the exchange has candles of.</summary>
    public async Task RunAsync(HttpClient http, CancellationToken cancellation)
    {
        if (market.Source is not { } source) return;
        var url = options.MarketUrl ?? (source.Market == "live" ? KlineSource.LiveMarket(source.Venue) : null);
        if (url is null) return;
        foreach (var (id, instrument, _) in await owned.ListAsync(cancellation).ConfigureAwait(false))
        {
            foreach (var interval in options.ParsedIntervals)
            {
                // The last hours, but not what is still moving.
                var toUs = interval.OpenTimeOf(market.NowUs - (5 * UnixTime.MicrosecondsPerSecond));
                var fromUs = toUs - Math.Min(1000 * interval.LengthUs, Math.Max(2 * interval.LengthUs, 3 * Interval.OneHour.LengthUs));
                var ours = await store.CandlesAsync(instrument, interval, fromUs, toUs, cancellation).ConfigureAwait(false);
                if (ours.Count == 0) continue;
                var theirs = await KlineSource.FetchAsync(http, url, instrument, interval, ours[0].OpenTimeUs, toUs, cancellation).ConfigureAwait(false);
                var result = Reconciliation.Compare(ours, theirs);
                _scores[(instrument, interval)] = result.Score;
                await store.WriteAsync(id, interval, ours[0].OpenTimeUs, toUs, result, cancellation).ConfigureAwait(false);
                foreach (var candle in result.Differences.GroupBy(d => d.OpenTimeUs))
                    await alerts.RaiseAsync(AlertOf(instrument, interval, [.. candle]), options.Alerts.CoolDown, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static Alert AlertOf(Instrument instrument, Interval interval, List<FieldDifference> differences) => new(
        instrument, "reconciliation", AlertSeverity.Critical,
        $"{instrument.Symbol} {interval}: the candle of {UnixTime.ToRfc3339(differences[0].OpenTimeUs)} differs from the exchange's in " +
        string.Join(", ", differences.Select(d => d.Field)),
        differences.ToDictionary(d => d.Field, d => (object?)new[] { d.Ours, d.Theirs }),
        differences[0].OpenTimeUs, $"reconciliation:{instrument.Key}:{interval}:{differences[0].OpenTimeUs}");

    private async Task TryAsync(HttpClient http, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(http, cancellation).ConfigureAwait(false);
            _failing = false;
        }
        catch (Exception e) when (HttpFailure.Is(e) || e is NpgsqlException or TimeoutException or System.Text.Json.JsonException
            || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            if (!_failing) Log.Waiting(logger, e.Message);
            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Candles cannot be compared with the exchange's for now: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);
    }
}
