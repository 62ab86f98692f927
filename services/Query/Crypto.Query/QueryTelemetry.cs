using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Crypto.Query;

/// <summary>The meter and the activities of this library, named as the project.</summary>
internal static class QueryTelemetry
{
    private const string Name = "Crypto.Query";

    public static readonly ActivitySource Activities = new(Name);

    public static readonly Meter Meter = new(Name);

    public static readonly Counter<long> UnreadableRecords = Meter.CreateCounter<long>(
        "crypto.query.unreadable_records", "{record}", "Records of a followed topic that are not what the contract says.");

    public static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "crypto.query.refused_requests", "{request}", "Requests that were refused before they reached a handler, by reason.");
}
