namespace Crypto.Aggregation.Analytics.Forecasting;

/// <summary>What is expected of the next interval.</summary>
/// <param name="Volatility">Standard deviation of its log return.</param>
/// <param name="Low">Lower end of the price band that holds its close 19 times of 20, if returns were normal.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Forecast(double Volatility, double Low, double High);

/// <summary>How the forecast did, beside the naive one: the next squared return equals the last.</summary>
/// <param name="Samples">Forecasts judged.</param>
/// <param name="Loss">Mean QLIKE, ln(v) + r^2 / v with v the variance forecast and r the return: lower is better.</param>
/// <param name="NaiveLoss">The same of the naive forecast.</param>
/// <param name="MeanAbsoluteError">Mean of |volatility - |r||.</param>
/// <param name="NaiveMeanAbsoluteError">The same of the naive forecast.</param>
/// <param name="BandCoverage">Share of the closes inside the band; 0.95 were ideal.</param>
public readonly record struct ForecastScore(
    int Samples, double Loss, double NaiveLoss, double MeanAbsoluteError, double NaiveMeanAbsoluteError, double BandCoverage);

/// <summary>
/// Exponentially weighted variance of log returns, as RiskMetrics published it: v' = 0.94 v + 0.06 r^2. One parameter, no
/// fit, nothing to over-fit. It forecasts size, not direction.
/// </summary>
public static class VolatilityForecast
{
    public const string Method = "ewma-0.94";

    /// <summary>Returns that the variance is begun with; before them there is no forecast.</summary>
    public const int WarmUp = 20;

    private const double Decay = 0.94;
    private const double Band = 1.959964;

    // One hundredth of a basis point: a market that stands still must not make the loss infinite.
    private const double LeastVariance = 1e-12;

    /// <summary>The forecast for the interval after the last close; null before the warm-up.</summary>
    public static Forecast? Next(ReadOnlySpan<double> closes)
    {
        var variances = Variances(closes);
        if (closes.Length == 0 || double.IsNaN(variances[^1])) return null;
        return Of(Math.Sqrt(variances[^1]), closes[^1]);
    }

    /// <summary>Every forecast of the past against what came; null where there are too few closes.</summary>
    public static ForecastScore? Backtest(ReadOnlySpan<double> closes)
    {
        var variances = Variances(closes);
        var (samples, inside) = (0, 0);
        double loss = 0, naiveLoss = 0, error = 0, naiveError = 0;
        for (var i = 0; i + 1 < closes.Length; i++)
        {
            if (double.IsNaN(variances[i])) continue;
            var (last, next) = (Math.Log(closes[i] / closes[i - 1]), Math.Log(closes[i + 1] / closes[i]));
            samples++;
            loss += Qlike(variances[i], next);
            naiveLoss += Qlike(last * last, next);
            error += Math.Abs(Math.Sqrt(variances[i]) - Math.Abs(next));
            naiveError += Math.Abs(Math.Abs(last) - Math.Abs(next));
            var forecast = Of(Math.Sqrt(variances[i]), closes[i]);
            if (closes[i + 1] >= forecast.Low && closes[i + 1] <= forecast.High) inside++;
        }
        return samples == 0
            ? null
            : new ForecastScore(samples, loss / samples, naiveLoss / samples, error / samples, naiveError / samples, (double)inside / samples);
    }

    // The variance known when the close at the index is: it forecasts the return after it.
    private static double[] Variances(ReadOnlySpan<double> closes)
    {
        var result = Indicators.Averages.Cold(closes.Length);
        var variance = 0.0;
        for (var i = 1; i < closes.Length; i++)
        {
            var square = Math.Pow(Math.Log(closes[i] / closes[i - 1]), 2);
            variance = i <= WarmUp ? variance + (square / WarmUp) : (Decay * variance) + ((1 - Decay) * square);
            if (i >= WarmUp) result[i] = Math.Max(variance, LeastVariance);
        }
        return result;
    }

    private static double Qlike(double variance, double realised)
    {
        var safe = Math.Max(variance, LeastVariance);
        return Math.Log(safe) + (realised * realised / safe);
    }

    private static Forecast Of(double volatility, double close) =>
        new(volatility, close * Math.Exp(-Band * volatility), close * Math.Exp(Band * volatility));
}
