using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>What was computed from a candle, as one line without its version: equal signals have equal bytes.</summary>
public static class CanonicalSignal
{
    public static string LineOf(Signal s) => string.Create(CultureInfo.InvariantCulture,
        $"signal {s.Instrument.Key}:{s.Interval} {UnixTime.ToRfc3339(s.OpenTimeUs)} " +
        $"{string.Join(' ', s.Indicators.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Key}={i.Value:R}")))} " +
        $"{string.Join(' ', s.Anomalies.Select(a => $"{a.Kind} {a.Severity} \"{a.Message}\" {EvidenceOf(a)}"))}").TrimEnd();

    // The database keeps neither the order of names nor the way a number is written.
    private static string EvidenceOf(Anomaly anomaly)
    {
        using var document = JsonDocument.Parse(anomaly.Evidence);
        return string.Join(' ', document.RootElement.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p =>
            $"{p.Name}={(p.Value.ValueKind == JsonValueKind.Number ? p.Value.GetDouble().ToString("R", CultureInfo.InvariantCulture) : p.Value.GetRawText())}"));
    }
}
