using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

internal enum GroupEntryKind : byte
{
    Group = 1,
    Offsets = 2,
    DeletedOffsets = 3,
    Deleted = 4,
}

/// <summary>The entries of the groups' journal, in the protocol's primitive types.</summary>
internal static class GroupEntries
{
    internal static void Write(KafkaWriter writer, GroupSnapshot group)
    {
        Begin(writer, GroupEntryKind.Group, group.Id);
        writer.Int32(group.Generation);
        writer.String(group.ProtocolType);
        writer.NullableString(group.Protocol);
        writer.NullableString(group.LeaderId);
        writer.ArrayLength(group.Members.Count);
        foreach (var member in group.Members)
            WriteMember(writer, member);
    }

    internal static GroupSnapshot Read(ref KafkaReader reader, string id)
    {
        int generation = reader.Int32();
        string protocolType = reader.String();
        string? protocol = reader.NullableString();
        string? leaderId = reader.NullableString();
        var members = new List<Member>();
        for (int left = reader.ArrayLength(); left > 0; left--)
            members.Add(ReadMember(ref reader));
        return new(id, generation, protocolType, protocol, leaderId, members);
    }

    internal static void WriteOffsets(
        KafkaWriter writer, string groupId, IReadOnlyCollection<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        Begin(writer, GroupEntryKind.Offsets, groupId);
        writer.ArrayLength(offsets.Count);
        foreach (var ((topic, partition), offset) in offsets)
        {
            writer.String(topic);
            writer.Int32(partition);
            writer.Int64(offset.Offset);
            writer.Int32(offset.LeaderEpoch);
            writer.NullableString(offset.Metadata);
        }
    }

    internal static List<KeyValuePair<TopicPartition, CommittedOffset>> ReadOffsets(ref KafkaReader reader)
    {
        var offsets = new List<KeyValuePair<TopicPartition, CommittedOffset>>();
        for (int left = reader.ArrayLength(); left > 0; left--)
        {
            offsets.Add(new(
                new TopicPartition(reader.String(), reader.Int32()),
                new CommittedOffset(reader.Int64(), reader.Int32(), reader.NullableString())));
        }
        return offsets;
    }

    internal static void WriteDeletedOffsets(KafkaWriter writer, string groupId, IReadOnlyCollection<TopicPartition> partitions)
    {
        Begin(writer, GroupEntryKind.DeletedOffsets, groupId);
        writer.ArrayLength(partitions.Count);
        foreach (var (topic, partition) in partitions)
        {
            writer.String(topic);
            writer.Int32(partition);
        }
    }

    internal static List<TopicPartition> ReadPartitions(ref KafkaReader reader)
    {
        var partitions = new List<TopicPartition>();
        for (int left = reader.ArrayLength(); left > 0; left--)
            partitions.Add(new TopicPartition(reader.String(), reader.Int32()));
        return partitions;
    }

    internal static void WriteDeleted(KafkaWriter writer, string groupId) => Begin(writer, GroupEntryKind.Deleted, groupId);

    private static void Begin(KafkaWriter writer, GroupEntryKind kind, string groupId)
    {
        writer.Byte((byte)kind);
        writer.String(groupId);
    }

    private static void WriteMember(KafkaWriter writer, Member member)
    {
        writer.String(member.Id);
        writer.NullableString(member.InstanceId);
        writer.String(member.ClientId);
        writer.String(member.ClientHost);
        writer.Int32(member.SessionTimeoutMs);
        writer.Int32(member.RebalanceTimeoutMs);
        writer.Bytes(member.Assignment);
        writer.ArrayLength(member.Protocols.Count);
        foreach (var protocol in member.Protocols)
        {
            writer.String(protocol.Name);
            writer.Bytes(protocol.Metadata);
        }
    }

    private static Member ReadMember(ref KafkaReader reader)
    {
        var member = new Member
        {
            Id = reader.String(),
            InstanceId = reader.NullableString(),
            ClientId = reader.String(),
            ClientHost = reader.String(),
            SessionTimeoutMs = reader.Int32(),
            RebalanceTimeoutMs = reader.Int32(),
            Assignment = reader.Bytes().ToArray(),
        };
        for (int left = reader.ArrayLength(); left > 0; left--)
            member.Protocols.Add(new GroupProtocol(reader.String(), reader.Bytes().ToArray()));
        return member;
    }
}
