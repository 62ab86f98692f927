using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Groups;

/// <summary>What the journal says about one group.</summary>
internal sealed class RestoredGroup
{
    internal GroupSnapshot? Snapshot { get; set; }

    internal Dictionary<TopicPartition, CommittedOffset> Offsets { get; } = [];
}

/// <summary>Groups and their offsets on the disk: a journal of changes, written anew when most of it is history.</summary>
internal sealed class GroupJournal : IGroupStore, IDisposable
{
    private const long RewriteAboveBytes = 4 << 20;
    private const int MaxOffsetsPerEntry = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, RestoredGroup> _groups = [];
    private readonly Journal _journal;
    private readonly Action<string, IOException> _notSaved;
    private long _rewriteAt = RewriteAboveBytes;

    /// <param name="path">The file.</param>
    /// <param name="flushAlways">Whether a change is on the disk before it counts.</param>
    /// <param name="notSaved">Is told of a group whose members could not be saved.</param>
    internal GroupJournal(string path, bool flushAlways, Action<string, IOException> notSaved)
    {
        _notSaved = notSaved;
        _journal = Journal.Open(path, flushAlways, Replay);
    }

    internal long TornBytes => _journal.Torn;

    /// <summary>The groups as they were when the broker ended. To be read before anything is saved.</summary>
    internal IReadOnlyDictionary<string, RestoredGroup> Groups => _groups;

    public void Save(GroupSnapshot group)
    {
        lock (_gate)
        {
            GroupOf(group.Id).Snapshot = group;
            try
            {
                Append(writer => GroupEntries.Write(writer, group));
            }
            catch (IOException e)
            {
                // Its members go on; only after a restart of the broker they would have to join anew.
                _notSaved(group.Id, e);
            }
        }
    }

    public void SaveOffsets(string groupId, IReadOnlyCollection<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        lock (_gate)
        {
            Append(writer => GroupEntries.WriteOffsets(writer, groupId, offsets));
            foreach (var (partition, offset) in offsets)
                GroupOf(groupId).Offsets[partition] = offset;
        }
    }

    public void DeleteOffsets(string groupId, IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_gate)
        {
            Append(writer => GroupEntries.WriteDeletedOffsets(writer, groupId, partitions));
            foreach (var partition in partitions)
                GroupOf(groupId).Offsets.Remove(partition);
        }
    }

    public void Delete(string groupId)
    {
        lock (_gate)
        {
            Append(writer => GroupEntries.WriteDeleted(writer, groupId));
            _groups.Remove(groupId);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _journal.Dispose();
    }

    private RestoredGroup GroupOf(string id)
    {
        if (!_groups.TryGetValue(id, out var group))
            _groups[id] = group = new RestoredGroup();
        return group;
    }

    private void Append(Action<KafkaWriter> write)
    {
        using var writer = new KafkaWriter();
        write(writer);
        _journal.Append(writer.Written.Span);
        if (_journal.Size < _rewriteAt)
            return;
        try
        {
            _journal.Rewrite(Entries().Append(writer.Written.ToArray()));
            _rewriteAt = Math.Max(RewriteAboveBytes, _journal.Size * 4);
        }
        catch (IOException)
        {
            // The entry is in the journal, and what is only too long can be read: there may be more room later.
            _rewriteAt = _journal.Size + RewriteAboveBytes;
        }
    }

    private IEnumerable<byte[]> Entries()
    {
        foreach (var (id, group) in _groups)
        {
            if (group.Snapshot is { } snapshot)
                yield return Encode(writer => GroupEntries.Write(writer, snapshot));
            foreach (var some in group.Offsets.Chunk(MaxOffsetsPerEntry))
                yield return Encode(writer => GroupEntries.WriteOffsets(writer, id, some));
        }
    }

    private static byte[] Encode(Action<KafkaWriter> write)
    {
        using var writer = new KafkaWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private void Replay(Memory<byte> entry)
    {
        var reader = new KafkaReader(entry, flexible: false);
        var kind = (GroupEntryKind)reader.Byte();
        string id = reader.String();
        switch (kind)
        {
            case GroupEntryKind.Group:
                GroupOf(id).Snapshot = GroupEntries.Read(ref reader, id);
                break;
            case GroupEntryKind.Offsets:
                foreach (var (partition, offset) in GroupEntries.ReadOffsets(ref reader))
                    GroupOf(id).Offsets[partition] = offset;
                break;
            case GroupEntryKind.DeletedOffsets:
                foreach (var partition in GroupEntries.ReadPartitions(ref reader))
                    GroupOf(id).Offsets.Remove(partition);
                break;
            case GroupEntryKind.Deleted:
                _groups.Remove(id);
                break;
        }
    }
}
