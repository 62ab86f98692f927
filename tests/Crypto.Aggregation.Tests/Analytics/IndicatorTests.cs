using Crypto.Aggregation.Analytics.Forecasting;
using Crypto.Aggregation.Analytics.Indicators;

namespace Crypto.Aggregation.Tests.Analytics;

/// <summary>
/// Against published worked examples: StockCharts' ChartSchool for moving averages, RSI, ATR and Bollinger bands (printed with two
/// decimals), investexcel.net's "How to Calculate MACD in Excel" for MACD (printed with ten digits), and the table "Computation of volatility" in
/// Hull's "Options, Futures, and Other Derivatives" for log returns and the sum of their squares (printed with five decimals).
/// </summary>
public class IndicatorTests
{
    private static readonly double[] AverageCloses =
    [
        22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36, 24.05, 23.75,
        23.83, 23.95, 23.63, 23.82, 23.87, 23.65, 23.19, 23.10, 23.33, 22.68, 23.10, 22.40, 22.17,
    ];

    [Fact]
    public void Simple_average_equals_the_published_example() => AssertEqual(
        [22.22, 22.21, 22.23, 22.26, 22.31, 22.42, 22.61, 22.77, 22.91, 23.08, 23.21, 23.38, 23.53, 23.65, 23.71, 23.69, 23.61, 23.51, 23.43, 23.28, 23.13],
        Averages.Simple(AverageCloses, 10)[9..], 0.0101);

    [Fact]
    public void Exponential_average_equals_the_published_example() => AssertEqual(
        [22.22, 22.21, 22.24, 22.27, 22.33, 22.52, 22.80, 22.97, 23.13, 23.28, 23.34, 23.43, 23.51, 23.54, 23.47, 23.40, 23.39, 23.26, 23.23, 23.08, 22.92],
        Averages.Exponential(AverageCloses, 10)[9..], 0.0101);

    [Fact]
    public void Relative_strength_equals_the_published_example()
    {
        double[] closes =
        [
            44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.6140,
            46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515, 45.7835, 45.3548,
            44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
        ];
        AssertEqual(
            [70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87, 45.46, 37.30, 33.08, 37.77],
            Momentum.RelativeStrength(closes)[14..], 0.0101);
    }

    [Fact]
    public void Average_true_range_equals_the_published_example()
    {
        double[] highs = [48.70, 48.72, 48.90, 48.87, 48.82, 49.05, 49.20, 49.35, 49.92, 50.19, 50.12, 49.66, 49.88, 50.19, 50.36, 50.57, 50.65, 50.43];
        double[] lows = [47.79, 48.14, 48.39, 48.37, 48.24, 48.64, 48.94, 48.86, 49.50, 49.87, 49.20, 48.90, 49.43, 49.73, 49.26, 50.09, 50.30, 49.21];
        double[] closes = [48.16, 48.61, 48.75, 48.63, 48.74, 49.03, 49.07, 49.32, 49.91, 50.13, 49.53, 49.50, 49.75, 50.03, 50.31, 50.52, 50.41, 49.34];
        AssertEqual([0.56, 0.59, 0.59, 0.57, 0.62], Volatility.AverageTrueRange(highs, lows, closes)[13..], 0.0101);
    }

    [Fact]
    public void Convergence_equals_the_published_example()
    {
        double[] closes =
        [
            459.99, 448.85, 446.06, 450.81, 442.80, 448.97, 444.57, 441.40, 430.47, 420.05, 431.14, 425.66, 430.58, 431.72, 437.87,
            428.43, 428.35, 432.50, 443.66, 455.72, 454.49, 452.08, 452.73, 461.91, 463.58, 461.14, 452.08, 442.66, 428.91, 429.79,
            431.99, 427.72, 423.20, 426.21, 426.98, 435.69, 434.33,
        ];
        var (line, signal, histogram) = Momentum.Macd(closes);
        AssertEqual(
            [8.2752695039, 7.7033783815, 6.416074757, 4.2375197833, 2.5525833249, 1.3788857199, 0.1029814912, -1.2584019528, -2.0705581901,
                -2.6218423283, -2.3290667405, -2.1816321148], line[25..], 1e-9);
        AssertEqual([3.0375258687, 1.9056522293, 1.0587084354, 0.4106403253], signal[33..], 1e-9);
        AssertEqual([-5.1080840588, -4.5274945576, -3.3877751758, -2.5922724401], histogram[33..], 1e-9);
    }

    [Fact]
    public void Bands_equal_the_published_example()
    {
        double[] closes =
        [
            86.1557, 89.0867, 88.7829, 90.3228, 89.0671, 91.1453, 89.4397, 89.1750, 86.9302, 87.6752, 86.9596, 89.4299, 89.3221, 88.7241,
            87.4497, 87.2634, 89.4985, 87.9006, 89.1260, 90.7043, 92.9001, 92.9784, 91.8021, 92.6647, 92.6843, 92.3021, 92.7725, 92.5373,
            92.9490, 93.2039, 91.0669, 89.8318, 89.7435, 90.3994, 90.7387, 88.0177, 88.0867, 88.8439, 90.7781, 90.5416, 91.3894, 90.6500,
        ];
        var (middle, upper, lower) = Volatility.Bollinger(closes);
        AssertEqual(
            [88.71, 89.05, 89.24, 89.39, 89.51, 89.69, 89.75, 89.91, 90.08, 90.38, 90.66, 90.86, 90.88, 90.91, 90.99, 91.15, 91.19, 91.12,
                91.17, 91.25, 91.24, 91.17, 91.05], middle[19..], 0.0101);
        AssertEqual(
            [91.29, 91.95, 92.61, 92.93, 93.31, 93.73, 93.90, 94.27, 94.57, 94.79, 95.04, 94.91, 94.90, 94.90, 94.86, 94.67, 94.56, 94.68,
                94.58, 94.53, 94.53, 94.37, 94.15], upper[19..], 0.0101);
        AssertEqual(
            [86.12, 86.14, 85.87, 85.85, 85.70, 85.65, 85.59, 85.56, 85.60, 85.98, 86.27, 86.82, 86.87, 86.91, 87.12, 87.63, 87.83, 87.56,
                87.76, 87.97, 87.95, 87.96, 87.95], lower[19..], 0.0101);
    }

    [Fact]
    public void Convergence_of_two_averages_is_their_difference_and_its_own_average()
    {
        var closes = Enumerable.Range(0, 60).Select(i => 100 + (10 * Math.Sin(i / 5.0))).ToArray();
        var (line, signal, histogram) = Momentum.Macd(closes);
        Assert.All(line[..25], value => Assert.True(double.IsNaN(value)));
        Assert.All(signal[..33], value => Assert.True(double.IsNaN(value)));
        Assert.Equal(Averages.Exponential(closes, 12)[40] - Averages.Exponential(closes, 26)[40], line[40]);
        Assert.Equal(line[25..34].Average(), signal[33], 12);
        Assert.Equal(line[50] - signal[50], histogram[50]);
    }

    [Fact]
    public void Bands_lie_two_population_deviations_from_the_average()
    {
        var closes = Enumerable.Range(1, 20).Select(i => (double)i).ToArray();
        var (middle, upper, lower) = Volatility.Bollinger(closes);
        // The variance of 1..n is (n^2 - 1) / 12.
        var deviation = Math.Sqrt(((20 * 20) - 1) / 12.0);
        Assert.Equal(10.5, middle[19]);
        Assert.Equal(10.5 + (2 * deviation), upper[19], 12);
        Assert.Equal(10.5 - (2 * deviation), lower[19], 12);
    }

    [Fact]
    public void Log_returns_and_their_realised_volatility_equal_the_published_example()
    {
        double[] closes =
        [
            20.00, 20.10, 19.90, 20.00, 20.50, 20.25, 20.90, 20.90, 20.90, 20.75, 20.75, 21.00, 21.10, 20.90, 20.90, 21.25, 21.40, 21.40,
            21.25, 21.75, 22.00,
        ];
        var returns = Volatility.LogReturns(closes);
        AssertEqual(
            [0.00499, -0.01000, 0.00501, 0.02469, -0.01227, 0.03159, 0, 0, -0.00720, 0, 0.01198, 0.00475, -0.00952, 0, 0.01661, 0.00703, 0,
                -0.00703, 0.02326, 0.01143], returns[1..], 5e-6);
        // Printed: the sums 0.09531 and 0.00326, and of them the deviation of a daily return, 0.01216.
        var (sum, squares) = (returns[1..].Sum(), Math.Pow(Volatility.Realised(returns, 20)[20], 2));
        AssertEqual([0.09531, 0.00326, 0.01216], [sum, squares, Math.Sqrt((squares / 19) - (sum * sum / 380))], 5e-6);
    }

    [Fact]
    public void Realised_volatility_is_the_root_of_the_summed_squared_returns()
    {
        var returns = Volatility.LogReturns([100, 110, 99, 108.9]);
        Assert.Equal(Math.Log(1.1), returns[1], 12);
        Assert.Equal(Math.Sqrt((Math.Pow(Math.Log(1.1), 2) * 2) + Math.Pow(Math.Log(0.9), 2)), Volatility.Realised(returns, 3)[3], 12);
    }

    [Fact]
    public void A_robust_score_is_not_moved_by_an_outlier_among_the_ordinary()
    {
        var ordinary = Enumerable.Range(0, 50).Select(i => 10 + Math.Sin(i)).ToList();
        var clean = RobustScore.Of(ordinary, 20, 1e-9);
        ordinary[7] = 1e9;
        Assert.InRange(RobustScore.Of(ordinary, 20, 1e-9), clean * 0.9, clean * 1.1);
        Assert.True(clean > 8);
    }

    [Fact]
    public void The_volatility_forecast_beats_the_naive_one_where_volatility_comes_in_clusters()
    {
        var random = new Random(4);
        var closes = new List<double> { 100 };
        for (var i = 0; i < 3000; i++)
        {
            var calm = i / 300 % 2 == 0 ? 0.0005 : 0.003;
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            closes.Add(closes[^1] * Math.Exp(calm * normal));
        }
        var score = VolatilityForecast.Backtest(closes.ToArray())!.Value;
        Assert.Equal(3000 - VolatilityForecast.WarmUp, score.Samples);
        Assert.True(score.Loss < score.NaiveLoss);
        Assert.True(score.MeanAbsoluteError < score.NaiveMeanAbsoluteError);
        Assert.InRange(score.BandCoverage, 0.90, 0.98);
        Assert.Null(VolatilityForecast.Next(closes.ToArray().AsSpan(0, 10)));
    }

    private static void AssertEqual(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
    }
}
