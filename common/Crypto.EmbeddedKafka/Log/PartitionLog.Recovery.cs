using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class PartitionLog
{
    /// <summary>Opens the log in a folder, or begins one. A tail that a crash has torn is cut off.</summary>
    internal static PartitionLog Open(string folder, LogSettings settings, TimeProvider time, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        var log = new PartitionLog(folder, settings, time, logger);
        log.Recover(Checkpoint.Load(folder));
        return log;
    }

    /// <summary>Notes that everything so far is whole, after making sure that it is on the disk.</summary>
    internal void SaveCheckpoint()
    {
        lock (_writing)
        {
            var active = Active;
            active.Flush();
            active.SaveIndex();
            new Checkpoint(
                active.BaseOffset, active.Size, _nextOffset, active.MaxTimestamp, _startOffset, [.. _producers.All]).Save(_folder);
            _checkpointed = _nextOffset;
            _checkpointedStart = _startOffset;
        }
    }

    /// <summary>Whether anything was written since the last checkpoint.</summary>
    internal bool IsDirty => NextOffset != Volatile.Read(ref _checkpointed);

    internal void Close()
    {
        SaveCheckpoint();
        foreach (var segment in _segments)
            segment.Close();
    }

    /// <summary>Lets go of the files without a checkpoint: the folder is about to be deleted.</summary>
    internal void Abandon()
    {
        foreach (var segment in _segments)
            segment.Close();
    }

    private void Recover(Checkpoint? checkpoint)
    {
        foreach (string unfinished in Directory.EnumerateFiles(_folder, "*" + Segment.CleanedExtension))
            File.Delete(unfinished);
        var segments = Directory.EnumerateFiles(_folder, "*" + Segment.LogExtension)
            .Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture))
            .Order().Select(offset => Segment.Open(_folder, offset)).ToList();
        foreach (var producer in checkpoint?.Producers ?? [])
            _producers.Restore(producer);
        long replayFrom = checkpoint?.NextOffset ?? 0;
        for (int i = 0; i < segments.Count; i++)
        {
            if (RecoverSegment(segments[i], checkpoint, Replay))
                continue;
            // What follows a hole cannot be kept: offsets would be missing without anybody knowing.
            foreach (var lost in segments[(i + 1)..])
                lost.Delete();
            segments.RemoveRange(i + 1, segments.Count - i - 1);
        }

        void Replay(BatchHeader header)
        {
            // The checkpoint knows what came before it.
            if (header.BaseOffset >= replayFrom)
                _producers.Update(header, NowMs);
        }

        foreach (var full in segments.SkipLast(1).Where(s => !s.IsSealed))
            full.Seal();
        if (segments.Count == 0 || segments[^1].IsSealed)
            segments.Add(Segment.Create(_folder, segments.Count == 0 ? checkpoint?.LogStartOffset ?? 0 : segments[^1].NextOffset));
        _segments = [.. segments];
        _nextOffset = Active.NextOffset;
        _startOffset = Math.Min(Math.Max(checkpoint?.LogStartOffset ?? 0, _segments[0].BaseOffset), _nextOffset);
        SaveCheckpoint();
    }

    /// <returns>False where the segment ended in something that is no batch.</returns>
    private bool RecoverSegment(Segment segment, Checkpoint? checkpoint, BatchVisitor replay)
    {
        if (checkpoint is not null && segment.BaseOffset < checkpoint.SegmentBase && segment.IsSealed)
            return true;
        if (segment.IsSealed)
        {
            segment.VisitHeaders(replay);
            return true;
        }
        var start = checkpoint is { } c && c.SegmentBase == segment.BaseOffset && c.Position <= new FileInfo(segment.LogPath).Length
            ? new ScanStart(c.Position, c.NextOffset, c.MaxTimestamp)
            : ScanStart.Beginning;
        long torn = segment.Scan(start, replay);
        if (torn == 0)
            return true;
        LogTornTail(_logger, segment.LogPath, torn, segment.Size, segment.NextOffset);
        segment.CutTail();
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Path}: cut {Torn} bytes behind position {Position} that are no whole batch; the next offset is {NextOffset}")]
    private static partial void LogTornTail(ILogger logger, string path, long torn, long position, long nextOffset);
}
