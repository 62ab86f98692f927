using System.Text;
using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Log;

public sealed class LogCompactorTests : IDisposable
{
    private const long Later = 4_000_000_000_000; // in ms: when every tombstone may go

    private readonly TemporaryFolder _folder = new();
    private readonly UnpackingMemory _memory = new(64 << 20);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_last_value_of_every_key_stays_and_what_was_deleted_goes_when_its_tombstone_is_due()
    {
        var segment = Sealed(("a", "1"), ("b", "1"), ("a", "2"), ("b", null), ("c", "1"));

        Assert.Equal(["a", "b deleted", "c"], Compacted(segment, nowMs: 0));
        Assert.Equal(["a", "c"], Compacted(Sealed(("a", "1"), ("b", "1"), ("a", "2"), ("b", null), ("c", "1")), nowMs: Later));
    }

    [Fact]
    public void A_tombstone_stays_while_older_values_of_its_key_may()
    {
        // The map has room for "a" only, so that what else there is cannot be told from the last of its key.
        var segment = Sealed(("a", "1"), ("b", "1"), ("b", null), ("a", "2"));

        Assert.Equal(["b", "b deleted", "a"], Compacted(segment, nowMs: Later, maxKeys: 1));
    }

    private Segment Sealed(params IReadOnlyList<(string? Key, string? Value)> records)
    {
        var segment = Segment.Create(Directory.CreateDirectory(Path.Combine(_folder.Path, $"{Guid.NewGuid()}")).FullName, 0);
        segment.Append(TestBatch.Keyed(records), 0);
        segment.Seal();
        return segment;
    }

    private List<string> Compacted(Segment segment, long nowMs, int maxKeys = int.MaxValue)
    {
        var compactor = new LogCompactor(Path.GetDirectoryName(segment.LogPath)!, nowMs, deleteRetentionMs: 1000, _memory, maxKeys);
        compactor.NoteKeys([segment]);
        var left = new List<string>();
        compactor.Rewrite(segment)?.VisitBatches(batch =>
        {
            var record = new RecordWalker(new BatchHeader(batch.Span).Records);
            while (record.TryNext()) left.Add(Encoding.UTF8.GetString(record.Key) + (record.HasValue ? "" : " deleted"));
        });
        return left;
    }
}
