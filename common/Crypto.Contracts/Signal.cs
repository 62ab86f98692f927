namespace Crypto.Contracts;

/// <summary>Something out of the ordinary that was seen in a candle, before cool-downs decide whether it becomes an alert.</summary>
/// <param name="Kind"><c>volume-spike</c>, <c>price-jump</c> or <c>price-outlier</c>.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Evidence">The numbers that it was judged by, as JSON.</param>
public sealed record Anomaly(string Kind, string Severity, string Message, string Evidence);

/// <summary>What was computed from a closed candle and those before it: indicators, and what is out of the ordinary.</summary>
/// <param name="Instrument">What was traded.</param>
/// <param name="Interval">The candle's length.</param>
/// <param name="OpenTimeUs">Its start, microseconds since the Unix epoch.</param>
/// <param name="CandleVersion">The version of the candle; of several signals of one candle the highest is the newest, of equal ones the last.</param>
/// <param name="Indicators">Values by name; null until warm. Estimates in doubles, unlike candles.</param>
/// <param name="Anomalies">Mostly none.</param>
public sealed record Signal(
    Instrument Instrument, Interval Interval, long OpenTimeUs, long CandleVersion, IReadOnlyList<KeyValuePair<string, double?>> Indicators,
    IReadOnlyList<Anomaly> Anomalies);
