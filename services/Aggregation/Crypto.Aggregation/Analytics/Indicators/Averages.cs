namespace Crypto.Aggregation.Analytics.Indicators;

/// <summary>Moving averages. All indicators take values oldest first and answer as many, NaN until they are warm.</summary>
public static class Averages
{
    /// <summary>Mean of the last <paramref name="period"/> values; warm after as many.</summary>
    public static double[] Simple(ReadOnlySpan<double> values, int period)
    {
        var result = Cold(values.Length);
        for (var i = period - 1; i < values.Length; i++)
        {
            // Summed anew each time: a running sum would carry its rounding errors along.
            var sum = 0.0;
            for (var j = i - period + 1; j <= i; j++) sum += values[j];
            result[i] = sum / period;
        }
        return result;
    }

    /// <summary>
    /// Each value moves the average by 2 / (period + 1) of its distance; the first is the simple average of the first
    /// <paramref name="period"/> values. NaNs at the beginning are skipped.
    /// </summary>
    public static double[] Exponential(ReadOnlySpan<double> values, int period) => Smooth(values, period, 2.0 / (period + 1));

    /// <summary>Wilder's smoothing: as the exponential average, with 1 / period.</summary>
    public static double[] Wilder(ReadOnlySpan<double> values, int period) => Smooth(values, period, 1.0 / period);

    /// <summary>As many NaNs.</summary>
    internal static double[] Cold(int length)
    {
        var result = new double[length];
        Array.Fill(result, double.NaN);
        return result;
    }

    private static double[] Smooth(ReadOnlySpan<double> values, int period, double share)
    {
        var result = Cold(values.Length);
        var first = 0;
        while (first < values.Length && double.IsNaN(values[first])) first++;
        var seed = first + period - 1;
        if (seed >= values.Length) return result;
        var sum = 0.0;
        for (var i = first; i <= seed; i++) sum += values[i];
        result[seed] = sum / period;
        for (var i = seed + 1; i < values.Length; i++) result[i] = result[i - 1] + (share * (values[i] - result[i - 1]));
        return result;
    }
}
