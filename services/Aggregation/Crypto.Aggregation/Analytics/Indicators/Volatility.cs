namespace Crypto.Aggregation.Analytics.Indicators;

/// <summary>Indicators of spread.</summary>
public static class Volatility
{
    /// <summary>
    /// Bollinger bands: the simple average of the closes, and <paramref name="width"/> standard deviations (of the
    /// population) above and below it. Warm after <paramref name="period"/> closes.
    /// </summary>
    public static (double[] Middle, double[] Upper, double[] Lower) Bollinger(ReadOnlySpan<double> closes, int period = 20, double width = 2)
    {
        var middle = Averages.Simple(closes, period);
        var (upper, lower) = (Averages.Cold(closes.Length), Averages.Cold(closes.Length));
        for (var i = period - 1; i < closes.Length; i++)
        {
            var squares = 0.0;
            for (var j = i - period + 1; j <= i; j++) squares += (closes[j] - middle[i]) * (closes[j] - middle[i]);
            var band = width * Math.Sqrt(squares / period);
            (upper[i], lower[i]) = (middle[i] + band, middle[i] - band);
        }
        return (middle, upper, lower);
    }

    /// <summary>
    /// Wilder's average true range. The true range is the greatest of high - low, |high - previous close| and
    /// |low - previous close|; for the first candle high - low. Warm after <paramref name="period"/> candles.
    /// </summary>
    public static double[] AverageTrueRange(ReadOnlySpan<double> highs, ReadOnlySpan<double> lows, ReadOnlySpan<double> closes, int period = 14)
    {
        var ranges = new double[closes.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = highs[i] - lows[i];
            if (i > 0) ranges[i] = Math.Max(ranges[i], Math.Max(Math.Abs(highs[i] - closes[i - 1]), Math.Abs(lows[i] - closes[i - 1])));
        }
        return Averages.Wilder(ranges, period);
    }

    /// <summary>ln(close / previous close).</summary>
    public static double[] LogReturns(ReadOnlySpan<double> closes)
    {
        var result = Averages.Cold(closes.Length);
        for (var i = 1; i < closes.Length; i++) result[i] = Math.Log(closes[i] / closes[i - 1]);
        return result;
    }

    /// <summary>
    /// Square root of the sum of the last <paramref name="period"/> squared log returns: the volatility realised over
    /// that span, not annualised. Warm after <paramref name="period"/> returns.
    /// </summary>
    public static double[] Realised(ReadOnlySpan<double> returns, int period = 60)
    {
        var result = Averages.Cold(returns.Length);
        for (var i = period; i < returns.Length; i++)
        {
            var squares = 0.0;
            for (var j = i - period + 1; j <= i; j++) squares += returns[j] * returns[j];
            result[i] = Math.Sqrt(squares);
        }
        return result;
    }
}
