using System.Text;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds;

/// <summary>One item of an answer: an event that was checked, or bytes that are none, with the reason.</summary>
/// <param name="Key">The record key.</param>
/// <param name="Value">The event's JSON; of a bad item its original bytes.</param>
/// <param name="TimeUtc">The event's own time; the beginning of time for a bad item.</param>
/// <param name="Fault">Why it is bad, or null.</param>
public sealed record FeedEvent(byte[]? Key, byte[] Value, DateTimeOffset TimeUtc, string? Fault)
{
    /// <summary>Checks the event against its contract.</summary>
    /// <param name="item">The event.</param>
    /// <param name="timeUtc">Its own time.</param>
    /// <param name="original">What it was made from, for the dead letters.</param>
    public static FeedEvent Of<T>(T item, DateTimeOffset timeUtc, string original)
        where T : class, IFeedEvent =>
        (item.Fault() ?? RecordBounds.FaultOf(item)) is { } fault
            ? Bad(original, fault)
            : new FeedEvent(Encoding.UTF8.GetBytes(item.Key), FeedJson.Write(item), timeUtc, null);

    public static FeedEvent Bad(string original, string fault) =>
        new(null, Encoding.UTF8.GetBytes(original), DateTimeOffset.MinValue, fault);
}
