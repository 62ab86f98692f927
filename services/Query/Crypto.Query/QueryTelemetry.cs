using System.Diagnostics.Metrics;

namespace Crypto.Query;

/// <summary>The meter of this library, named as the project.</summary>
internal static class QueryTelemetry
{
    public static readonly Meter Meter = new("Crypto.Query");
}
