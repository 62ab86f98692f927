namespace Crypto.Aggregation.Analytics.Indicators;

/// <summary>
/// How far a value is from the ordinary: its distance from the median in units of 1.4826 times the median absolute
/// deviation, which for normal values is a standard deviation. Unlike mean and deviation, neither is moved by outliers.
/// </summary>
public static class RobustScore
{
    private const double NormalConsistency = 1.4826;

    /// <param name="baseline">The ordinary values.</param>
    /// <param name="value">The value to judge.</param>
    /// <param name="leastDeviation">The deviation counts as no less, so that a baseline of equal values alarms at nothing small.</param>
    public static double Of(IReadOnlyList<double> baseline, double value, double leastDeviation)
    {
        var median = Median([.. baseline]);
        var deviation = Median([.. baseline.Select(b => Math.Abs(b - median))]) * NormalConsistency;
        return (value - median) / Math.Max(deviation, leastDeviation);
    }

    public static double Median(double[] values)
    {
        if (values.Length == 0) return double.NaN;
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
