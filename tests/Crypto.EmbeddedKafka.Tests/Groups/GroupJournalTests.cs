using Crypto.EmbeddedKafka.Groups;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Groups;

public sealed class GroupJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "groups.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Groups_and_offsets_are_as_they_were_after_every_kind_of_change()
    {
        using (var journal = Open())
        {
            journal.Save(new GroupSnapshot("a", 7, "consumer", "range", "m1", [Member("m1", "static"), Member("m2", null)]));
            Commit(journal, "a", ("t", 0, 10), ("t", 1, 20), ("u", 0, 30));
            Commit(journal, "a", ("t", 0, 11));
            journal.DeleteOffsets("a", [new TopicPartition("t", 1)]);
            Commit(journal, "b", ("t", 0, 1));
            journal.Delete("b");
        }

        using var read = Open();

        var (id, group) = Assert.Single(read.Groups);
        Assert.Equal("a", id);
        Assert.Equal((7, "consumer", "range", "m1"),
            (group.Snapshot!.Generation, group.Snapshot.ProtocolType, group.Snapshot.Protocol, group.Snapshot.LeaderId));
        Assert.Equal([("m1", "static"), ("m2", null)], group.Snapshot.Members.Select(m => (m.Id, m.InstanceId)));
        Assert.All(group.Snapshot.Members, m => Assert.Equal([1, 2, 3], m.Assignment));
        Assert.Equal([("t", 0, 11L), ("u", 0, 30L)],
            group.Offsets.OrderBy(o => o.Key.Topic).Select(o => (o.Key.Topic, o.Key.Partition, o.Value.Offset)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public void An_entry_that_a_crash_has_torn_is_cut_off_and_what_was_before_it_stays(int missing)
    {
        using (var journal = Open())
        {
            Commit(journal, "a", ("t", 0, 10));
            Commit(journal, "a", ("t", 0, 11));
        }
        using (var file = new FileStream(File, FileMode.Open))
            file.SetLength(file.Length - missing);

        using (var cut = Open())
        {
            Assert.True(cut.TornBytes > 0);
            Assert.Equal(10, cut.Groups["a"].Offsets.Single().Value.Offset);
            Commit(cut, "a", ("t", 0, 12));
        }

        using var read = Open();
        Assert.Equal(0, read.TornBytes);
        Assert.Equal(12, read.Groups["a"].Offsets.Single().Value.Offset);
    }

    [Fact]
    public void History_is_dropped_when_there_is_much_of_it()
    {
        const int Partitions = 25_000; // more than one entry takes
        using (var journal = Open())
        {
            for (int round = 0; round < 20; round++)
                Commit(journal, "a", [.. Enumerable.Range(0, Partitions).Select(p => ("t", p, (long)round))]);
        }

        Assert.True(new FileInfo(File).Length < 8 << 20, $"{new FileInfo(File).Length} bytes");
        using var read = Open();
        Assert.Equal(Partitions, read.Groups["a"].Offsets.Count);
        Assert.All(read.Groups["a"].Offsets.Values, o => Assert.Equal(19, o.Offset));
    }

    private GroupJournal Open() => new(File, flushAlways: false, (group, e) => Assert.Fail($"{group}: {e}"));

    private static void Commit(GroupJournal journal, string group, params (string Topic, int Partition, long Offset)[] offsets) =>
        journal.SaveOffsets(group, offsets.ToDictionary(
            o => new TopicPartition(o.Topic, o.Partition), o => new CommittedOffset(o.Offset, 0, null)));

    private static Member Member(string id, string? instance) => new()
    {
        Id = id,
        InstanceId = instance,
        ClientId = "c",
        ClientHost = "h",
        SessionTimeoutMs = 1000,
        RebalanceTimeoutMs = 1000,
        Assignment = [1, 2, 3],
    };
}
