using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics.Signals;

public enum AlertSeverity
{
    Info,
    Warning,
    Critical,
}

/// <summary>Something that a person should know.</summary>
/// <param name="Instrument">What it is about.</param>
/// <param name="Kind">What was seen: <c>volume-spike</c>, <c>price-jump</c>, <c>price-outlier</c>, <c>stale-feed</c>, <c>gap</c>,
/// <c>reconciliation</c>, <c>divergence</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Evidence">The numbers that it was judged by.</param>
/// <param name="MarketTimeUs">When it happened, market time.</param>
/// <param name="Sighting">Names what was seen, so that it is told once: a kind, an instrument and a time or number.</param>
public sealed record Alert(
    Instrument Instrument, string Kind, AlertSeverity Severity, string Message, IReadOnlyDictionary<string, object?> Evidence,
    long MarketTimeUs, string Sighting)
{
    public static string NameOf(AlertSeverity severity) => severity switch
    {
        AlertSeverity.Critical => "critical",
        AlertSeverity.Warning => "warning",
        _ => "info",
    };

    /// <summary>The same as a part of a signal.</summary>
    public Anomaly ToAnomaly() => new(Kind, NameOf(Severity), Message, JsonSerializer.Serialize(Evidence));
}
