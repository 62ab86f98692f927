using Crypto.Aggregation.Analytics.Indicators;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics;

/// <summary>Closed candles of one series, oldest first, with all indicators over them.</summary>
public sealed class CandleWindow
{
    /// <summary>
    /// Candles that each value looks back on. The 60-window EMA has settled to 1e-8 of itself by then; and since it is never more,
    /// a value depends on these candles only, not on when and with which others it was computed.
    /// </summary>
    public const int WarmUp = 600;

    public CandleWindow(IReadOnlyList<Candle> candles)
    {
        Candles = candles;
        Closes = Of(c => c.Close);
        var (highs, lows) = (Of(c => c.High), Of(c => c.Low));
        Volumes = Of(c => c.Volume);
        Returns = Volatility.LogReturns(Closes);
        RelativeStrength = Slide(span => Momentum.RelativeStrength(Closes.AsSpan(span)));
        Macd = (Slide(span => Momentum.Macd(Closes.AsSpan(span)).Line), Slide(span => Momentum.Macd(Closes.AsSpan(span)).Signal),
            Slide(span => Momentum.Macd(Closes.AsSpan(span)).Histogram));
        Bollinger = Volatility.Bollinger(Closes);
        AverageTrueRange = Slide(span => Volatility.AverageTrueRange(highs.AsSpan(span), lows.AsSpan(span), Closes.AsSpan(span)));
        Realised = Volatility.Realised(Returns);
        Indicators =
        [
            ("logReturn", Returns), ("rsi14", RelativeStrength), ("macd", Macd.Line), ("macdSignal", Macd.Signal), ("macdHistogram", Macd.Histogram),
            ("bollingerMiddle", Bollinger.Middle), ("bollingerUpper", Bollinger.Upper), ("bollingerLower", Bollinger.Lower),
            ("atr14", AverageTrueRange), ("realisedVolatility", Realised),
        ];
    }

    public IReadOnlyList<Candle> Candles { get; }

    public double[] Closes { get; }

    public double[] Volumes { get; }

    public double[] Returns { get; }

    public double[] RelativeStrength { get; }

    public (double[] Line, double[] Signal, double[] Histogram) Macd { get; }

    public (double[] Middle, double[] Upper, double[] Lower) Bollinger { get; }

    public double[] AverageTrueRange { get; }

    public double[] Realised { get; }

    /// <summary>All of them by the names of <c>crypto.signals</c>, in the order of the columns of <c>market.indicators</c>.</summary>
    public IReadOnlyList<(string Name, double[] Values)> Indicators { get; }

    /// <summary>The value, or null where it is not warm.</summary>
    public static double? WarmOrNull(double value) => double.IsFinite(value) ? value : null;

    /// <summary>What is published of the candle at the index.</summary>
    public Signal SignalAt(int at, IEnumerable<Alert> seen) => new(
        Candles[at].Instrument, Candles[at].Interval, Candles[at].OpenTimeUs, Candles[at].Version,
        [.. Indicators.Select(i => KeyValuePair.Create(i.Name, WarmOrNull(i.Values[at])))], [.. seen.Select(a => a.ToAnomaly())]);

    /// <summary>The exponential average of the closes.</summary>
    public double[] Exponential(int period) => Slide(span => Averages.Exponential(Closes.AsSpan(span), period));

    // What carries a past along is computed anew for each candle from the ones it looks back on.
    private double[] Slide(Func<Range, double[]> indicator)
    {
        var values = indicator(..Math.Min(Candles.Count, WarmUp + 1));
        if (Candles.Count <= values.Length) return values;
        return [.. values, .. Enumerable.Range(values.Length, Candles.Count - values.Length).Select(at => indicator((at - WarmUp)..(at + 1))[^1])];
    }

    private double[] Of(Func<Candle, decimal> field) => [.. Candles.Select(c => (double)field(c))];
}
