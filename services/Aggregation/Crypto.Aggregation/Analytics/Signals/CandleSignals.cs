using System.Globalization;
using Crypto.Aggregation.Analytics.Indicators;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>What a closed candle says by itself, judged by the candles before it with robust scores.</summary>
public static class CandleSignals
{
    private const int Baseline = 120;
    private const int LeastBaseline = 30;

    /// <summary>Alerts of the candle at the index; none while there is too little before it.</summary>
    public static IEnumerable<Alert> Of(CandleWindow window, int at)
    {
        var from = Math.Max(1, at - Baseline);
        if (at - from < LeastBaseline) yield break;
        if (VolumeSpike(window, from, at) is { } volume) yield return volume;
        if (PriceJump(window, from, at) is { } jump) yield return jump;
        if (PriceOutlier(window, from, at) is { } outlier) yield return outlier;
    }

    private static Alert? VolumeSpike(CandleWindow window, int from, int at)
    {
        var before = window.Volumes[from..at];
        var median = RobustScore.Median([.. before]);
        var score = RobustScore.Of(before, window.Volumes[at], Math.Max(median * 0.1, double.Epsilon));
        if (score < 8 || window.Volumes[at] < 3 * median) return null;
        var times = window.Volumes[at] / Math.Max(median, double.Epsilon);
        return Make(window, at, "volume-spike", score >= 24, median > 0 ? $"volume is {times:0.0} times its median" : "volume after silence",
            ("volume", window.Volumes[at]), ("median", median), ("score", score), ("baseline", before.Length));
    }

    private static Alert? PriceJump(CandleWindow window, int from, int at)
    {
        // A tenth of a basis point: less is no movement, whatever was before.
        var score = RobustScore.Of(window.Returns[from..at], window.Returns[at], 1e-5);
        if (Math.Abs(score) < 8 || Math.Abs(window.Returns[at]) < 1e-3) return null;
        return Make(window, at, "price-jump", Math.Abs(score) >= 16, $"price moved {window.Returns[at]:+0.00%;-0.00%} in one candle",
            ("logReturn", window.Returns[at]), ("score", score), ("baseline", at - from));
    }

    // A wick far beyond open and close, such as a single trade at a wrong price makes.
    private static Alert? PriceOutlier(CandleWindow window, int from, int at)
    {
        var wicks = Enumerable.Range(from, at - from + 1).Select(i => WickOf(window, i)).ToList();
        var score = RobustScore.Of(wicks[..^1], wicks[^1], 1e-5);
        if (score < 12 || wicks[^1] < 1e-3) return null;
        return Make(window, at, "price-outlier", score >= 48, $"a trade was {wicks[^1]:0.00%} beyond the candle's open and close",
            ("wick", wicks[^1]), ("high", window.Candles[at].High), ("low", window.Candles[at].Low), ("score", score));
    }

    private static double WickOf(CandleWindow window, int at)
    {
        var c = window.Candles[at];
        var above = Math.Log((double)(c.High / Math.Max(c.Open, c.Close)));
        var below = Math.Log((double)(Math.Min(c.Open, c.Close) / c.Low));
        return Math.Max(above, below);
    }

    private static Alert Make(
        CandleWindow window, int at, string kind, bool critical, string message, params (string Name, object? Value)[] evidence)
    {
        var candle = window.Candles[at];
        return new Alert(candle.Instrument, kind, critical ? AlertSeverity.Critical : AlertSeverity.Warning,
            string.Create(CultureInfo.InvariantCulture, $"{candle.Instrument.Symbol} {candle.Interval}: {message}"),
            evidence.Append(("interval", (object?)candle.Interval.Name)).ToDictionary(e => e.Item1, e => e.Item2),
            candle.OpenTimeUs, $"{kind}:{candle.Key}:{candle.OpenTimeUs}");
    }
}
