using System.Runtime.CompilerServices;

namespace Crypto.Query.Live;

/// <summary>A series as it changes: for streams over gRPC and server-sent events.</summary>
internal static class CandleStream
{
    /// <summary>
    /// The newest <paramref name="snapshot"/> candles, then every change until cancelled. A reader that is slower than the
    /// changes gets the newest state of each candle.
    /// </summary>
    public static async IAsyncEnumerable<CandleEntry> ReadAsync(
        CandleSeries series, int snapshot, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Before the snapshot: what changes meanwhile is given again rather than missed.
        var sequence = series.Sequence;
        foreach (var entry in series.TryRead(default, snapshot) ?? []) yield return entry;
        await foreach (var entry in ChangesAsync(series, sequence, cancellation)) yield return entry;
    }

    /// <summary>Every change after <paramref name="sequence"/> until cancelled.</summary>
    public static async IAsyncEnumerable<CandleEntry> ChangesAsync(
        CandleSeries series, long sequence, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var changes = new List<CandleEntry>();
        while (true)
        {
            var next = series.NextChange;
            series.ReadChanges(ref sequence, changes);
            foreach (var entry in changes) yield return entry;
            if (changes.Count == 0) await next.WaitAsync(cancellation);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
