using System.Collections.Immutable;
using Crypto.EmbeddedKafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>What became of an append.</summary>
/// <param name="Error">None also for a repeat, which has the offset that it got the first time.</param>
/// <param name="BaseOffset">The first record's offset, -1 on failure.</param>
/// <param name="LogAppendTimeMs">-1 unless the topic stamps records itself.</param>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset, long LogAppendTimeMs = -1);

/// <summary>
/// One partition: a list of segments of which the last is appended to. One writer at a time, readers never wait: they see
/// the segments and sizes that were published last.
/// </summary>
internal sealed partial class PartitionLog
{
    private readonly Lock _writing = new();
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProducerStates _producers = new();
    private ImmutableArray<Segment> _segments = [];
    private long _nextOffset;
    private long _startOffset;
    private long _checkpointed;
    private long _checkpointedStart;

    private PartitionLog(string folder, LogSettings settings, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        _time = time;
        _logger = logger;
        Settings = settings;
    }

    /// <summary>May be replaced at any time; the next append goes by it.</summary>
    internal LogSettings Settings { get; set; }

    internal AppendWaiters Waiters { get; } = new();

    /// <summary>The first offset that is still there.</summary>
    internal long StartOffset => Volatile.Read(ref _startOffset);

    /// <summary>The offset of the next record. With one replica this is the high watermark too.</summary>
    internal long NextOffset => Volatile.Read(ref _nextOffset);

    internal long SizeBytes => _segments.Sum(s => s.Size);

    private Segment Active => _segments[^1];

    /// <summary>Gives the batch its offset and writes it. It is in the page cache on return, or on the disk with Flush=Always.</summary>
    /// <param name="batch">A batch that <see cref="BatchValidator"/> has let through; its offset and epoch are set in place.</param>
    /// <exception cref="IOException">Nothing was appended.</exception>
    internal AppendResult Append(Span<byte> batch)
    {
        var header = new BatchHeader(batch);
        AppendResult result;
        lock (_writing)
        {
            if (_isDeleted)
                return new AppendResult(ErrorCode.UnknownTopicOrPartition, -1);
            if (header.ProducerId >= 0 && CheckSequence(header) is { } answer)
                return answer;
            long appendTime = Stamp(header);
            header.BaseOffset = _nextOffset;
            header.LeaderEpoch = Broker.LeaderEpoch;
            var written = WritableSegment(batch.Length, header.LastOffset);
            long now = NowMs;
            // On the disk before anything is said of it: no repeat is confirmed and nothing is read that a power cut takes back.
            written.Append(batch, now, flush: Settings.FlushAlways);
            _producers.Update(header, now);
            result = new AppendResult(ErrorCode.None, _nextOffset, appendTime);
            Volatile.Write(ref _nextOffset, header.LastOffset + 1);
        }
        Waiters.WakeAll();
        return result;
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private AppendResult? CheckSequence(BatchHeader header)
    {
        var check = _producers.Check(header, out var repeated);
        return check switch
        {
            SequenceCheck.InOrder => null,
            SequenceCheck.Repeated => new AppendResult(ErrorCode.None, repeated.BaseOffset, Settings.LogAppendTime ? repeated.Timestamp : -1),
            _ => new AppendResult(ProducerStates.ErrorOf(check), -1),
        };
    }

    /// <summary>Where the topic wants the broker's time, the batch is stamped, and its checksum made anew.</summary>
    private long Stamp(BatchHeader header)
    {
        if (!Settings.LogAppendTime)
            return -1;
        const short LogAppendTimeBit = 0x08;
        long now = NowMs;
        header.Attributes |= LogAppendTimeBit;
        header.MaxTimestamp = now;
        header.Checksum = header.ComputeChecksum();
        return now;
    }

    private Segment WritableSegment(int bytes, long lastOffset)
    {
        var active = Active;
        if (active.HasRoomFor(bytes, lastOffset, Settings.SegmentBytes))
            return active;
        return Roll();
    }

    private Segment Roll()
    {
        var ended = Active;
        ended.Seal();
        var next = Segment.Create(_folder, _nextOffset);
        _segments = _segments.Add(next);
        SaveCheckpoint();
        return next;
    }
}
