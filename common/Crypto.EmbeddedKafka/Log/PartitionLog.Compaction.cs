using Crypto.EmbeddedKafka.Compression;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class PartitionLog
{
    private long _compactedTo;
    private long _tombstonesDueMs = long.MaxValue;

    /// <summary>Compacts the ended segments once enough of them is new, or tombstones have stayed long enough. Writers and readers go on meanwhile.</summary>
    /// <param name="memory">For unpacking batches.</param>
    internal void ApplyCompaction(UnpackingMemory memory)
    {
        var settings = Settings;
        if (!settings.Compact)
            return;
        var ended = _segments[..^1];
        long total = ended.Sum(s => s.Size);
        long dirty = ended.Where(s => s.BaseOffset >= _compactedTo).Sum(s => s.Size);
        bool isDirty = dirty > 0 && (double)dirty / total >= settings.MinCleanableRatio;
        if (!isDirty && NowMs <= _tombstonesDueMs)
            return;
        var compactor = new LogCompactor(_folder, NowMs, settings.DeleteRetentionMs, memory);
        compactor.NoteKeys(ended);
        foreach (var segment in ended.TakeWhile(_ => !_isDeleted))
            Replace(segment, compactor.Rewrite(segment));
        _tombstonesDueMs = compactor.TombstonesDueMs;
        _compactedTo = ended[^1].NextOffset;
        LogCompacted(_logger, _folder, ended.Length, compactor.Freed);
    }

    private void Replace(Segment segment, Segment? replacement)
    {
        if (ReferenceEquals(segment, replacement))
            return;
        lock (_writing)
        {
            // DeleteRecords may have taken it away meanwhile; what has taken its place must not outlive it.
            int index = _segments.IndexOf(segment);
            if (index < 0)
            {
                replacement?.Delete();
                return;
            }
            if (replacement is not null)
            {
                _segments = _segments.SetItem(index, replacement);
                return;
            }
            _segments = _segments.RemoveAt(index);
            segment.Delete();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Folder}: {Segments} segments compacted, {Freed} bytes freed")]
    private static partial void LogCompacted(ILogger logger, string folder, int segments, long freed);
}
