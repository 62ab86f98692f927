using Crypto.Aggregation.Analytics.Indicators;
using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics;

/// <summary>Closed candles of one series, oldest first, with all indicators over them.</summary>
public sealed class CandleWindow
{
    /// <summary>Candles before the first asked for, so that slow averages have settled: the 60-window EMA to 1e-8 of itself.</summary>
    public const int WarmUp = 600;

    public CandleWindow(IReadOnlyList<Candle> candles)
    {
        Candles = candles;
        Closes = Of(c => c.Close);
        var (highs, lows) = (Of(c => c.High), Of(c => c.Low));
        Volumes = Of(c => c.Volume);
        Returns = Volatility.LogReturns(Closes);
        RelativeStrength = Momentum.RelativeStrength(Closes);
        Macd = Momentum.Macd(Closes);
        Bollinger = Volatility.Bollinger(Closes);
        AverageTrueRange = Volatility.AverageTrueRange(highs, lows, Closes);
        Realised = Volatility.Realised(Returns);
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

    private double[] Of(Func<Candle, decimal> field) => [.. Candles.Select(c => (double)field(c))];
}
