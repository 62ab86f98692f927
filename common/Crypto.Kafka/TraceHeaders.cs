using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Crypto.Kafka;

/// <summary>
/// W3C trace context in Kafka headers. Only sampled records carry it: headers cost a third of the produce rate.
/// </summary>
public static class TraceHeaders
{
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";

    /// <summary>Headers for a record of a sampled activity; null for the others, which is what Confluent.Kafka takes for none.</summary>
    public static Headers? Of(Activity? activity)
    {
        if (activity is not { Recorded: true, Id: { } id }) return null;
        var headers = new Headers { { TraceParent, Encoding.ASCII.GetBytes(id) } };
        if (activity.TraceStateString is { Length: > 0 } state) headers.Add(TraceState, Encoding.ASCII.GetBytes(state));
        return headers;
    }

    /// <summary>The context that the record was published in, when it was sampled.</summary>
    public static bool TryRead(Headers? headers, out ActivityContext context)
    {
        context = default;
        if (headers is null || headers.Count == 0 || !headers.TryGetLastBytes(TraceParent, out var parent)) return false;
        var state = headers.TryGetLastBytes(TraceState, out var bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return ActivityContext.TryParse(Encoding.ASCII.GetString(parent), state, isRemote: true, out context);
    }

    /// <summary>
    /// Starts the one activity that handles a batch: it goes on with the trace of the first sampled record and is linked to the
    /// others. Null where no record was sampled: at a hundred batches a second their traces would push out those that tell
    /// something.
    /// </summary>
    public static Activity? StartConsumer(ActivitySource source, string name, RecordBatch batch)
    {
        if (!source.HasListeners()) return null;
        var links = LinksOf(batch);
        return links.Count == 0 ? null : source.StartActivity(name, ActivityKind.Consumer, links[0].Context, links: links.Skip(1));
    }

    /// <summary>Starts the activity that handles one record, in its trace. Null where the record was not sampled.</summary>
    public static Activity? StartConsumer(ActivitySource source, string name, Headers? headers) =>
        source.HasListeners() && TryRead(headers, out var context) ? source.StartActivity(name, ActivityKind.Consumer, context) : null;

    /// <summary>Links to the sampled records of a batch, for the one activity that handles them all.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="max">Links beyond this number are left out; tracing tools show no more anyway.</param>
    private static IReadOnlyList<ActivityLink> LinksOf(RecordBatch batch, int max = 128)
    {
        List<ActivityLink>? links = null;
        foreach (var partition in batch.Partitions)
        {
            foreach (var record in partition.Records)
            {
                if (!TryRead(record.Message.Headers, out var context)) continue;
                (links ??= []).Add(new ActivityLink(context));
                if (links.Count == max) return links;
            }
        }
        return links ?? (IReadOnlyList<ActivityLink>)[];
    }
}
