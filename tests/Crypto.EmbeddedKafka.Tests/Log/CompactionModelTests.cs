using System.Globalization;
using System.Text;
using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.EmbeddedKafka.Tests.Log;

/// <summary>Random keys, values, tombstones and compressions against a list: what a compaction keeps is known to the record.</summary>
public sealed class CompactionModelTests : IDisposable
{
    /// <summary>Stands before every value, so that it is found again.</summary>
    private const char Mark = '>';

    private static readonly LogSettings Settings = new()
    {
        Compact = true,
        DeleteOld = false,
        SegmentBytes = 1000,
        MinCleanableRatio = 0,
        DeleteRetentionMs = 0,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly UnpackingMemory _memory = new(1 << 20);
    private readonly List<(string Key, string? Value)> _written = [];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_left_is_each_keys_last_record_without_tombstones_and_the_segment_that_is_written(int seed)
    {
        var random = new Random(seed);
        var log = Open();
        for (int round = 0; round < 25; round++)
        {
            for (int batch = random.Next(1, 20); batch > 0; batch--)
                Append(log, random);

            log.ApplyCompaction(_memory);

            var left = Read(log);
            Assert.Equal(Expected(), left);
            if (random.Next(3) > 0)
                continue;
            log.Close();
            log = Open();
            Assert.Equal(left, Read(log));
            Assert.Equal(_written.Count, log.NextOffset);
        }
        log.Close();
    }

    private void Append(PartitionLog log, Random random)
    {
        var records = Enumerable.Range(0, random.Next(1, 8)).Select(_ => (
            Key: $"k{random.Next(12)}",
            Value: random.Next(4) == 0 ? null : Mark + new string((char)('a' + random.Next(26)), random.Next(200)))).ToList();
        var compression = new[] { CompressionType.None, CompressionType.Gzip, CompressionType.Zstd }[random.Next(3)];
        log.Append(TestBatch.Pack(TestBatch.Build([.. records.Select(r => ((string?)r.Key, r.Value))], null, 1_700_000_000_000), compression));
        _written.AddRange(records);
    }

    private List<(long Offset, string Key, string? Value)> Expected()
    {
        // The last segment's file says what was not looked at.
        long active = Directory.GetFiles(_folder.Path, "*.log")
            .Max(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));
        var last = new Dictionary<string, int>();
        for (int i = 0; i < active; i++)
            last[_written[i].Key] = i;
        return [.. _written.Select((record, i) => ((long)i, record.Key, record.Value))
            .Where(r => r.Item1 >= active || (last[r.Key] == r.Item1 && r.Value is not null))];
    }

    private static List<(long Offset, string Key, string? Value)> Read(PartitionLog log)
    {
        var found = new List<(long, string, string?)>();
        for (long offset = log.StartOffset; offset < log.NextOffset;)
        {
            var (_, slice) = log.Read(offset, log.NextOffset, 1, wholeBatch: true);
            if (slice.Length == 0)
                return found;
            var batch = new byte[slice.Length];
            slice.Read(batch);
            var header = new BatchHeader(batch);
            Assert.Equal(header.ComputeChecksum(), header.Checksum);
            var walker = new RecordWalker(Decompressor.Records(batch, 1 << 20).Span);
            while (walker.TryNext())
                found.Add((header.BaseOffset + walker.OffsetDelta, Encoding.UTF8.GetString(walker.Key), ValueOf(walker)));
            offset = header.LastOffset + 1;
        }
        return found;
    }

    /// <summary>From its mark to the one byte of "no headers".</summary>
    private static string? ValueOf(RecordWalker record)
    {
        if (!record.HasValue)
            return null;
        string text = Encoding.Latin1.GetString(record.Record[..^1]);
        return text[text.LastIndexOf(Mark)..];
    }

    private PartitionLog Open() => PartitionLog.Open(_folder.Path, Settings, new LaterClock(), NullLogger.Instance);

    /// <summary>An hour after the files' times, so that tombstones may go.</summary>
    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
