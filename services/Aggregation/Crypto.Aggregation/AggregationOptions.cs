using Crypto.Aggregation.Analytics.Signals;
using Crypto.Contracts;
using Microsoft.Extensions.Options;

namespace Crypto.Aggregation;

/// <summary>How trades become candles. Section <c>Aggregation</c>.</summary>
public sealed class AggregationOptions
{
    public const string Section = "Aggregation";

    /// <summary>Names of the intervals, of <c>1s 1m 5m 15m 1h 4h 1d</c>; empty means all of them.</summary>
    public List<string> Intervals { get; set; } = [];

    /// <summary>How long after its end a candle still takes late trades before it is final.</summary>
    public TimeSpan AllowedLateness { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether candles in which nothing was traded are made, with zero volume, up to market time.</summary>
    public bool FlatCandles { get; set; } = true;

    /// <summary>
    /// Whether the first candle of a symbol is left out when it began before the data did. It is kept and shown as soon as
    /// the trades before it are there, by a backfill for instance.
    /// </summary>
    public bool SkipPartialFirst { get; set; }

    /// <summary>How often candles are closed, and flat ones made, without a trade to cause it.</summary>
    public TimeSpan IdleTimer { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How often old incomplete candles and gaps are looked after.</summary>
    public TimeSpan SweepTimer { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The static group member's name; unique per process. Null: one per machine.</summary>
    public string? MemberId { get; set; }

    /// <summary>After this long without a heartbeat the partitions go to other processes.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Most records in one transaction.</summary>
    public int MaxBatchRecords { get; set; } = 20_000;

    /// <summary>How long the first record of a batch waits for others. It is the whole latency that batching adds.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The exchange whose candles ours are compared with; null: Binance when live, none otherwise.</summary>
    public Uri? MarketUrl { get; set; }

    /// <summary>How often ours are compared with the exchange's candles; zero: never.</summary>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When to alert and whom to tell.</summary>
    public AlertOptions Alerts { get; set; } = new();

    /// <summary>The intervals, shortest first.</summary>
    public IReadOnlyList<Interval> ParsedIntervals =>
        Intervals.Count == 0
            ? Interval.All
            : [.. Interval.All.Where(i => Intervals.Contains(i.Name, StringComparer.OrdinalIgnoreCase))];
}

/// <summary>Refuses settings that cannot work, each with its name, its value and the remedy.</summary>
internal sealed class AggregationOptionsValidator : IValidateOptions<AggregationOptions>
{
    public ValidateOptionsResult Validate(string? name, AggregationOptions options)
    {
        List<string> failures = [];
        foreach (var interval in options.Intervals)
            if (!Interval.TryParse(interval.ToLowerInvariant(), out _))
                failures.Add($"Aggregation:Intervals has '{interval}': use some of {string.Join(' ', Interval.All)}");
        Check(options.AllowedLateness, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(options.AllowedLateness), failures);
        Check(options.IdleTimer, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(options.IdleTimer), failures);
        Check(options.SweepTimer, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10), nameof(options.SweepTimer), failures);
        Check(options.SessionTimeout, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(60), nameof(options.SessionTimeout), failures);
        Check(options.Linger, TimeSpan.Zero, TimeSpan.FromSeconds(1), nameof(options.Linger), failures);
        if (options.MaxBatchRecords is < 1 or > 1_000_000)
            failures.Add($"Aggregation:MaxBatchRecords is {options.MaxBatchRecords}: choose 1 to 1000000");
        Check(options.Alerts.CoolDown, TimeSpan.Zero, TimeSpan.FromDays(1), "Alerts:CoolDown", failures);
        Check(options.Alerts.StaleAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), "Alerts:StaleAfter", failures);
        if (options.Alerts.Divergence is <= 0 or > 1)
            failures.Add($"Aggregation:Alerts:Divergence is {options.Alerts.Divergence}: choose a part above 0 and up to 1");
        failures.AddRange(options.Alerts.Webhooks.Select((webhook, i) => webhook.Problem(i)).OfType<string>());
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(TimeSpan value, TimeSpan least, TimeSpan most, string setting, List<string> failures)
    {
        if (value < least || value > most) failures.Add($"Aggregation:{setting} is {value}: choose {least} to {most}");
    }
}
