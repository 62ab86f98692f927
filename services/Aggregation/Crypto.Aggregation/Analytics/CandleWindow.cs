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
        Macd = SlideMacd();
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

    private (double[] Line, double[] Signal, double[] Histogram) SlideMacd()
    {
        var slid = Slide(span =>
        {
            var (line, signal, histogram) = Momentum.Macd(Closes.AsSpan(span));
            return [line, signal, histogram];
        });
        return (slid[0], slid[1], slid[2]);
    }

    private double[] Slide(Func<Range, double[]> indicator) => Slide(span => (double[][])[indicator(span)])[0];

    // What carries a past along is computed anew for each candle from the ones it looks back on.
    private double[][] Slide(Func<Range, double[][]> indicators)
    {
        var values = indicators(..Math.Min(Candles.Count, WarmUp + 1));
        var warmed = values[0].Length;
        for (var i = 0; i < values.Length; i++) Array.Resize(ref values[i], Candles.Count);
        for (var at = warmed; at < Candles.Count; at++)
        {
            var slid = indicators((at - WarmUp)..(at + 1));
            for (var i = 0; i < values.Length; i++) values[i][at] = slid[i][^1];
        }
        return values;
    }

    private double[] Of(Func<Candle, decimal> field) => [.. Candles.Select(c => (double)field(c))];
}
