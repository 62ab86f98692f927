using System.Runtime.CompilerServices;

namespace Crypto.Query.Live;

/// <summary>A series as it changes: for streams over gRPC and server-sent events.</summary>
internal static class CandleStream
{
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
