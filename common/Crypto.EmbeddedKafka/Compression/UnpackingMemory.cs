using Crypto.EmbeddedKafka.Server;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>
/// Memory for unpacking batches, for the whole broker: a small batch can become a thousand times larger. Work gets the usual
/// amount first, many at a time; a batch that needs more is unpacked again, alone, with all that there is.
/// </summary>
internal sealed class UnpackingMemory
{
    /// <summary>The decoder's window, what comes out, that once more while it grows, and what a compaction keeps of it.</summary>
    private const int Copies = 4;

    private const int Usual = 4 << 20;

    private readonly MemoryBudget _budget;
    private readonly UnpackLimit _first;
    private readonly UnpackLimit _last;

    internal UnpackingMemory(long bytes)
    {
        _budget = new MemoryBudget(bytes);
        _last = new UnpackLimit((int)Math.Min(bytes / Copies, 1 << 30), IsLast: true);
        _first = _last.Bytes <= Usual ? _last : new UnpackLimit(Usual, IsLast: false);
    }

    /// <summary>The largest batch that can be unpacked, in bytes uncompressed.</summary>
    internal int LargestBatch => _last.Bytes;

    /// <summary>Runs work when its memory is free. It may run twice, the second time with the last limit.</summary>
    internal async ValueTask<T> RunAsync<T>(Func<UnpackLimit, T> work, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(work, _first, cancellation);
        }
        catch (UnpackedTooLargeException) when (!_first.IsLast)
        {
            return await RunAsync(work, _last, cancellation);
        }
    }

    /// <summary>The same for a thread of its own, which may wait.</summary>
    internal T Run<T>(Func<UnpackLimit, T> work) => RunAsync(work, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private async ValueTask<T> RunAsync<T>(Func<UnpackLimit, T> work, UnpackLimit limit, CancellationToken cancellation)
    {
        long bytes = (long)limit.Bytes * Copies;
        await _budget.TakeAsync(bytes, cancellation);
        try
        {
            return work(limit);
        }
        finally
        {
            _budget.Return(bytes);
        }
    }
}
