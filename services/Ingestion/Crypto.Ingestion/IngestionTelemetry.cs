using System.Diagnostics;
using System.Diagnostics.Metrics;
using Crypto.Contracts;

namespace Crypto.Ingestion;

/// <summary>The names under which ingestion is observed, and its instruments.</summary>
public static class IngestionTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Crypto.Ingestion";

    internal static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> Frames =
        Meter.CreateCounter<long>("crypto.ingestion.frames", "{frame}", "Websocket frames received");
    internal static readonly Counter<long> BadFrames =
        Meter.CreateCounter<long>("crypto.ingestion.bad_frames", "{frame}", "Frames put to the dead letters, by reason");
    internal static readonly Counter<long> Published =
        Meter.CreateCounter<long>("crypto.ingestion.published", "{trade}", "Records given to Kafka, by origin");
    internal static readonly Counter<long> Duplicates =
        Meter.CreateCounter<long>("crypto.ingestion.duplicates", "{frame}", "Frames whose id was published before");
    internal static readonly Counter<long> Gaps =
        Meter.CreateCounter<long>("crypto.ingestion.gaps", "{gap}", "Gaps by state (found, repaired, refused) and reason");
    internal static readonly Counter<long> MissingIds =
        Meter.CreateCounter<long>("crypto.ingestion.missing_ids", "{trade}", "Ids in the gaps that were found");
    internal static readonly Counter<long> Connects =
        Meter.CreateCounter<long>("crypto.ingestion.connects", "{connection}", "Websocket connections opened, by outcome");
    internal static readonly Counter<long> RestRequests =
        Meter.CreateCounter<long>("crypto.ingestion.rest_requests", "{request}", "REST requests, by path and status");
    internal static readonly Counter<long> DeliveryFailures =
        Meter.CreateCounter<long>("crypto.ingestion.delivery_failures", "{record}", "Records that Kafka did not take");
    internal static readonly Counter<long> BackpressureWaits =
        Meter.CreateCounter<long>("crypto.ingestion.backpressure_waits", "{wait}", "Times the socket waited for Kafka");
    internal static readonly Counter<long> FeedEvents =
        Meter.CreateCounter<long>("crypto.ingestion.feed_events", "{event}", "Events of the slow feeds, by feed");
    internal static readonly Counter<long> FeedFailures =
        Meter.CreateCounter<long>("crypto.ingestion.feed_failures", "{poll}", "Polls of the slow feeds that failed, by feed");
    internal static readonly Histogram<double> FeedLag =
        Meter.CreateHistogram<double>("crypto.ingestion.feed_lag", "s", "From the exchange's event time to arrival here");

    private static readonly KeyValuePair<string, object?>[] Origins =
        [.. Enum.GetValues<TradeOrigin>().Select(o => new KeyValuePair<string, object?>("origin", TradeJson.NameOf(o)))];

    internal static KeyValuePair<string, object?> TagOf(TradeOrigin origin) => Origins[(int)origin];

    internal static void Observe(string name, string unit, string description, Func<long> value) =>
        Meter.CreateObservableGauge(name, value, unit, description);
}
