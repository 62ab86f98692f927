using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class PartitionLog
{
    private long _compactedTo;

    /// <summary>Compacts the ended segments once enough of them is new. Writers and readers go on meanwhile.</summary>
    internal void ApplyCompaction()
    {
        var settings = Settings;
        if (!settings.Compact)
            return;
        var ended = _segments[..^1];
        long total = ended.Sum(s => s.Size);
        long dirty = ended.Where(s => s.BaseOffset >= _compactedTo).Sum(s => s.Size);
        if (dirty == 0 || (double)dirty / total < settings.MinCleanableRatio)
            return;
        var compactor = new LogCompactor(_folder, NowMs, settings.DeleteRetentionMs);
        var replacements = compactor.Compact(ended);
        lock (_writing)
        {
            // Retention and DeleteRecords may have taken segments away meanwhile, and new ones may have come.
            var replaced = ImmutableArray.CreateBuilder<Segment>();
            foreach (var segment in _segments)
            {
                if (!replacements.TryGetValue(segment, out var replacement))
                    replaced.Add(segment);
                else if (replacement is not null)
                    replaced.Add(replacement);
                else
                    segment.Delete();
            }
            _segments = replaced.ToImmutable();
        }
        _compactedTo = ended[^1].NextOffset;
        LogCompacted(_logger, _folder, ended.Length, compactor.Freed);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Folder}: {Segments} segments compacted, {Freed} bytes freed")]
    private static partial void LogCompacted(ILogger logger, string folder, int segments, long freed);
}
