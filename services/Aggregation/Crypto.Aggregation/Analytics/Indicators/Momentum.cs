namespace Crypto.Aggregation.Analytics.Indicators;

/// <summary>Indicators of direction.</summary>
public static class Momentum
{
    /// <summary>
    /// Wilder's relative strength index: 100 - 100 / (1 + average gain / average loss), averages smoothed by Wilder. 0 to
    /// 100; 50 where nothing moved. Warm after <paramref name="period"/> + 1 closes.
    /// </summary>
    public static double[] RelativeStrength(ReadOnlySpan<double> closes, int period = 14)
    {
        var (gains, losses) = (Averages.Cold(closes.Length), Averages.Cold(closes.Length));
        for (var i = 1; i < closes.Length; i++)
        {
            var change = closes[i] - closes[i - 1];
            gains[i] = Math.Max(change, 0);
            losses[i] = Math.Max(-change, 0);
        }
        var (gain, loss) = (Averages.Wilder(gains, period), Averages.Wilder(losses, period));
        var result = Averages.Cold(closes.Length);
        for (var i = period; i < closes.Length; i++)
            result[i] = gain[i] + loss[i] == 0 ? 50 : 100 * gain[i] / (gain[i] + loss[i]);
        return result;
    }

    /// <summary>
    /// Moving average convergence divergence: EMA(fast) - EMA(slow), its EMA(signal), and their difference. Warm after
    /// <paramref name="slow"/> closes, the signal <paramref name="signal"/> - 1 later.
    /// </summary>
    public static (double[] Line, double[] Signal, double[] Histogram) Macd(
        ReadOnlySpan<double> closes, int fast = 12, int slow = 26, int signal = 9)
    {
        var line = Subtract(Averages.Exponential(closes, fast), Averages.Exponential(closes, slow));
        var signals = Averages.Exponential(line, signal);
        return (line, signals, Subtract(line, signals));
    }

    private static double[] Subtract(double[] left, double[] right)
    {
        var result = new double[left.Length];
        for (var i = 0; i < result.Length; i++) result[i] = left[i] - right[i];
        return result;
    }
}
