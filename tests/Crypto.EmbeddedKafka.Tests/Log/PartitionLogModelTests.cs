using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.EmbeddedKafka.Tests.Log;

/// <summary>
/// A partition's log against a list: appends, reads from anywhere, look-ups by time, deletions, clean restarts and crashes
/// that tear the tail, in random order. A seed that fails is named.
/// </summary>
public sealed class PartitionLogModelTests : IDisposable
{
    private const long Start = 1_700_000_000_000;
    private const int Operations = 400;

    /// <summary>Small segments, so that every operation crosses their borders.</summary>
    private static readonly LogSettings Settings = new() { SegmentBytes = 2000, RetentionMs = -1 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_log_is_a_list_of_records_whatever_happens_to_it()
    {
        for (int seed = 0; seed < TestScale.Count(200); seed++)
        {
            string folder = Path.Combine(_folder.Path, $"{seed}");
            try
            {
                new Run(folder, seed).Go();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Run(string folder, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly List<string> _model = [];
        private long _start;
        private PartitionLog _log = PartitionLog.Open(folder, Settings, TimeProvider.System, NullLogger.Instance);

        internal void Go()
        {
            for (int i = 0; i < Operations; i++)
            {
                switch (_random.Next(20))
                {
                    case < 10:
                        Append();
                        break;
                    case < 14:
                        CheckRead(_random.NextInt64(_start, _model.Count + 1));
                        break;
                    case < 16:
                        CheckTime(_random.Next(_model.Count + 1));
                        break;
                    case 16:
                        _start = _random.NextInt64(_start, _model.Count + 1);
                        Assert.True(_log.DeleteBefore(_start));
                        break;
                    case 17:
                        _log.SaveCheckpoint();
                        break;
                    case 18:
                        _log.Close();
                        Open();
                        break;
                    default:
                        Crash();
                        break;
                }
                Assert.Equal((_start, _model.Count), (_log.StartOffset, _log.NextOffset));
            }
            CheckRead(_start);
            _log.Close();
        }

        private void Append()
        {
            var values = Enumerable.Range(_model.Count, _random.Next(1, 9)).Select(n => $"{n}".PadRight(_random.Next(1, 200), '.')).ToList();
            var result = _log.Append(TestBatch.Build(values, timestampMs: Start + _model.Count));
            Assert.Equal((ErrorCode.None, _model.Count), (result.Error, result.BaseOffset));
            _model.AddRange(values);
        }

        /// <summary>Reads to the end in pieces of some size.</summary>
        private void CheckRead(long from)
        {
            long next = from;
            while (next < _model.Count)
            {
                var (error, slice) = _log.Read(next, _log.NextOffset, _random.Next(1, 5000), wholeBatch: true);
                Assert.Equal(ErrorCode.None, error);
                var bytes = new byte[slice.Length];
                slice.Read(bytes);
                foreach (var (offset, value) in TestBatch.Read(bytes).Where(r => r.Offset >= next))
                {
                    Assert.Equal(next, offset);
                    Assert.Equal(_model[(int)offset], value);
                    next++;
                }
            }
            Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(_model.Count + 1, _log.NextOffset, 100, wholeBatch: true).Error);
            if (_start > 0)
                Assert.Equal(ErrorCode.OffsetOutOfRange, _log.Read(_start - 1, _log.NextOffset, 100, wholeBatch: true).Error);
        }

        /// <summary>The record with number n has the time Start + n.</summary>
        private void CheckTime(int number)
        {
            long expected = Math.Max(_start, number);
            var found = _log.FindTimestamp(Start + number, new UnpackLimit(1 << 20, IsLast: true));
            if (expected >= _model.Count)
                Assert.Null(found);
            else
                Assert.Equal((expected, Start + expected), found);
        }

        /// <summary>The process ends without a word, and the system with it: something of a batch is left behind the last one.</summary>
        private void Crash()
        {
            _log.Abandon();
            string last = Directory.GetFiles(folder, "*.log").Max(StringComparer.Ordinal)!;
            var torn = TestBatch.Build(["torn", "tail"]);
            using (var file = new FileStream(last, FileMode.Append))
                file.Write(torn, 0, _random.Next(torn.Length));
            Open();
        }

        private void Open() => _log = PartitionLog.Open(folder, Settings, TimeProvider.System, NullLogger.Instance);
    }
}
