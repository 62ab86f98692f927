using Crypto.Aggregation.Analytics.Forecasting;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Running;
using Crypto.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Aggregation.Analytics;

/// <summary>
/// Follows the closed candles of the instruments of this process: indicators, averages, signals, forecasts. It lives on
/// what is committed and may be late; the candles never wait for it.
/// </summary>
public sealed partial class AnalyticsService(
    OwnedInstruments owned, ChangedCandles changed, AnalyticsStore store, FeedSignals feed, AlertStore alerts, AlertPublisher publisher,
    SignalPublisher signals,
    MarketTime market, AggregationOptions options, TimeProvider clock, ILogger<AnalyticsService> logger) : BackgroundService
{
    private const int MostAtOnce = 5_000;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<Interval> _intervals = Followed(options.ParsedIntervals);
    private readonly Dictionary<(Instrument, Interval), long> _due = [];
    private readonly HashSet<(Instrument, Interval)> _known = [];
    private bool _failing;

    /// <summary>The intervals whose candles are followed: a second is too short to mean anything.</summary>
    public static IReadOnlyList<Interval> Followed(IReadOnlyList<Interval> intervals) =>
        [.. intervals.Where(i => i.LengthUs >= Interval.OneMinute.LengthUs)];

    /// <summary>What is out of the ordinary in a candle, of the shortest interval only: the longer ones would tell the same again.</summary>
    public static IReadOnlyList<Alert> SeenIn(IReadOnlyList<Interval> followed, CandleWindow window, int at) =>
        window.Candles[at].Interval == followed[0] ? [.. CandleSignals.Of(window, at)] : [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await TryAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what is missing is found at the next start.
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        await ComputeAsync(cancellation).ConfigureAwait(false);
        await publisher.PublishAsync(cancellation).ConfigureAwait(false);
        foreach (var (id, instrument, _) in await owned.ListAsync(cancellation).ConfigureAwait(false))
            await signals.PublishAsync(id, instrument, cancellation).ConfigureAwait(false);
    }

    /// <summary>One round over all instruments: computes and raises, but publishes nothing.</summary>
    public async Task ComputeAsync(CancellationToken cancellation)
    {
        foreach (var (id, instrument, newestTradeUs) in await owned.ListAsync(cancellation).ConfigureAwait(false))
        {
            foreach (var interval in _intervals) await FollowAsync(id, instrument, interval, cancellation).ConfigureAwait(false);
            if (feed.Stale(instrument, newestTradeUs, market.NowUs) is { } stale) await RaiseAsync(stale, cancellation).ConfigureAwait(false);
            foreach (var gap in await feed.GapsAsync(id, instrument, cancellation).ConfigureAwait(false))
                await alerts.RaiseAsync(gap, TimeSpan.Zero, cancellation).ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(int id, Instrument instrument, Interval interval, CancellationToken cancellation)
    {
        var key = (instrument, interval);
        Due(key, changed.Take(instrument, interval));
        if (_known.Add(key)) Due(key, await store.FirstMissingAsync(id, interval, cancellation).ConfigureAwait(false));
        if (!_due.TryGetValue(key, out var fromUs)) return;
        var window = await store.WindowAsync(id, instrument, interval, fromUs, MostAtOnce, cancellation).ConfigureAwait(false);
        var first = window.Candles.TakeWhile(c => c.OpenTimeUs < fromUs).Count();
        List<IReadOnlyList<Alert>> seen = [.. Enumerable.Range(first, window.Candles.Count - first).Select(i => SeenIn(_intervals, window, i))];
        await store.WriteAsync(id, interval, window, first, seen, cancellation).ConfigureAwait(false);
        if (interval == _intervals[0]) await JudgeAsync(instrument, window, first, seen, cancellation).ConfigureAwait(false);
        await ForecastAsync(id, interval, window, cancellation).ConfigureAwait(false);
        if (window.Candles.Count - first == MostAtOnce) _due[key] = window.Candles[^1].OpenTimeUs + 1;
        else _due.Remove(key);
    }

    private async Task JudgeAsync(
        Instrument instrument, CandleWindow window, int first, List<IReadOnlyList<Alert>> seen, CancellationToken cancellation)
    {
        for (var i = first; i < window.Candles.Count; i++)
        {
            if (window.Candles[i].CloseTimeUs < market.NowUs - (long)options.Alerts.Fresh.TotalMicroseconds) continue;
            foreach (var alert in seen[i - first]) await RaiseAsync(alert, cancellation).ConfigureAwait(false);
            if (await feed.DivergenceAsync(instrument, window.Candles[i], cancellation).ConfigureAwait(false) is { } divergence)
                await RaiseAsync(divergence, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ForecastAsync(int id, Interval interval, CandleWindow window, CancellationToken cancellation)
    {
        if (VolatilityForecast.Next(window.Closes) is not { } forecast || VolatilityForecast.Backtest(window.Closes) is not { } score) return;
        await store.WriteForecastAsync(id, interval, window.Candles[^1].CloseTimeUs + 1, forecast, score, cancellation).ConfigureAwait(false);
    }

    private async Task RaiseAsync(Alert alert, CancellationToken cancellation)
    {
        if (await alerts.RaiseAsync(alert, options.Alerts.CoolDown, cancellation).ConfigureAwait(false))
            Log.Raised(logger, Alert.NameOf(alert.Severity), alert.Message);
    }

    private void Due((Instrument, Interval) key, long? fromUs)
    {
        if (fromUs is { } us && (!_due.TryGetValue(key, out var dueUs) || us < dueUs)) _due[key] = us;
    }

    private async Task TryAsync(CancellationToken cancellation)
    {
        try
        {
            await RunAsync(cancellation).ConfigureAwait(false);
            _failing = false;
        }
        catch (Exception e) when (e is NpgsqlException or RetriableException or TimeoutException)
        {
            // What was taken is looked up again.
            _known.Clear();
            if (!_failing) Log.Waiting(logger, e.Message);
            _failing = true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Alert ({Severity}): {Message}")]
        public static partial void Raised(ILogger logger, string severity, string message);

        [LoggerMessage(LogLevel.Warning, "Indicators and alerts wait: {Reason}")]
        public static partial void Waiting(ILogger logger, string reason);
    }
}
