using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Crypto.ServiceDefaults;

/// <summary>
/// Which traces begin here. Ingestion samples one trade in so many and says so in the record's <c>traceparent</c>; a batch is
/// kept where it holds such a trade. A batch without one, and what it asks of the database, would only push the interesting
/// traces out of the dashboard: at 1,000 trades/s there are a hundred batches a second.
/// </summary>
internal sealed class MarketSampler : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var keep = samplingParameters.Kind switch
        {
            ActivityKind.Producer or ActivityKind.Server => true,
            ActivityKind.Consumer => IsLinked(samplingParameters.Links),
            // Statements and requests outside of any trace: polling, health, housekeeping.
            _ => false,
        };
        return new SamplingResult(keep ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }

    private static bool IsLinked(IEnumerable<ActivityLink>? links)
    {
        if (links is null) return false;
        foreach (var link in links)
            if (link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)) return true;
        return false;
    }
}
