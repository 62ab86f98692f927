using Crypto.EmbeddedKafka.Compression;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class PartitionLog
{
    private readonly Lock _keeping = new();
    private volatile bool _isDeleted;

    /// <summary>Makes an offset the first one; segments that lie wholly before it are deleted.</summary>
    /// <returns>False for an offset that was never written.</returns>
    /// <exception cref="IOException">They are gone, but a restart may bring them back: it is to be tried again.</exception>
    internal bool DeleteBefore(long offset)
    {
        lock (_writing)
        {
            if (_isDeleted || offset < 0 || offset > _nextOffset)
                return false;
            if (offset <= _startOffset && _startOffset == _checkpointedStart)
                return true;
            offset = Math.Max(offset, _startOffset);
            Volatile.Write(ref _startOffset, offset);
            var dead = _segments.TakeWhile((s, i) => i < _segments.Length - 1 && s.NextOffset <= offset).ToList();
            DropOldest(dead.Count);
            SaveCheckpoint();
            return true;
        }
    }

    /// <summary>The work that nobody waits for: retention, compaction, and a checkpoint where something is new.</summary>
    internal void Keep(UnpackingMemory memory)
    {
        lock (_keeping)
        {
            if (_isDeleted)
                return;
            ApplyRetention();
            ApplyCompaction(memory);
            ExpireProducers();
            if (IsDirty)
                SaveCheckpoint();
        }
    }

    /// <summary>
    /// The topic is deleted. On return nobody writes any more: a topic made anew has the same folder. Whoever reads reads on.
    /// </summary>
    internal void Leave()
    {
        lock (_writing)
            _isDeleted = true;
        lock (_keeping)
            Waiters.WakeAll(); // who waits for records learns that the topic is gone
    }

    /// <summary>Deletes segments that are too old or too many. The active one is ended first if its time has come.</summary>
    /// <returns>How many segments were deleted.</returns>
    internal int ApplyRetention()
    {
        lock (_writing)
        {
            long now = NowMs;
            var settings = Settings;
            bool tooOldToGrow = now - Active.FirstWrittenMs > settings.SegmentMs;
            if (Active.Size > 0 && (tooOldToGrow || IsTooOld(Active, settings, now)))
                Roll();
            if (!settings.DeleteOld)
                return 0;
            int dead = 0;
            long size = SizeBytes;
            foreach (var segment in _segments[..^1])
            {
                bool tooMuch = settings.RetentionBytes >= 0 && size - segment.Size >= settings.RetentionBytes;
                if (!IsTooOld(segment, settings, now) && !tooMuch)
                    break;
                size -= segment.Size;
                dead++;
            }
            if (dead == 0)
                return 0;
            DropOldest(dead);
            Volatile.Write(ref _startOffset, Math.Max(_startOffset, _segments[0].BaseOffset));
            SaveCheckpoint();
            LogRetention(_logger, _folder, dead, _startOffset);
            return dead;
        }
    }

    /// <summary>Forgets idempotent producers that have been silent for a day, as Kafka does.</summary>
    internal void ExpireProducers()
    {
        lock (_writing)
            _producers.Expire(NowMs - (long)TimeSpan.FromDays(1).TotalMilliseconds);
    }

    /// <summary>As in Kafka the records' own timestamps count.</summary>
    private static bool IsTooOld(Segment segment, LogSettings settings, long nowMs) =>
        settings.DeleteOld && settings.RetentionMs >= 0 && nowMs - segment.MaxTimestamp > settings.RetentionMs;

    private void DropOldest(int count)
    {
        var dead = _segments[..count];
        _segments = _segments[count..];
        foreach (var segment in dead)
            segment.Delete();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Folder}: {Segments} old segments deleted, the log begins at offset {Start}")]
    private static partial void LogRetention(ILogger logger, string folder, int segments, long start);
}
