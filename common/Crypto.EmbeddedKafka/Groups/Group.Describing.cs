using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

internal sealed partial class Group
{
    private const string ConsumerProtocol = "consumer";

    internal DescribedGroup Describe()
    {
        lock (_gate)
        {
            // Metadata and assignments mean something only while the members agree on the protocol.
            bool agreed = State == GroupState.Stable;
            return new(Id, State.ToString(), _protocolType, agreed ? _protocol ?? "" : "", [.. _members.Values.Select(m =>
                new DescribedMember(m.Id, m.InstanceId, m.ClientId, m.ClientHost,
                    agreed ? m.MetadataFor(_protocol!) : [], agreed ? m.Assignment : []))]);
        }
    }

    /// <summary>Forgets offsets, unless a member reads that topic.</summary>
    internal ErrorCode DeleteOffsets(string topic, IEnumerable<int> partitions)
    {
        lock (_gate)
        {
            if (State == GroupState.Dead)
                return ErrorCode.GroupIdNotFound;
            if (State != GroupState.Empty && (_protocolType != ConsumerProtocol || _members.Values.Any(m => Subscribes(m, topic))))
                return ErrorCode.GroupSubscribedToTopic;
            Forget([.. partitions.Select(p => new TopicPartition(topic, p)).Where(_offsets.ContainsKey)]);
            return ErrorCode.None;
        }
    }

    /// <summary>Looks into a consumer's metadata: version, then the names of its topics.</summary>
    private static bool Subscribes(Member member, string topic)
    {
        foreach (var protocol in member.Protocols)
        {
            try
            {
                var reader = new KafkaReader(protocol.Metadata, flexible: false);
                reader.Int16();
                if (reader.StringArray().Contains(topic))
                    return true;
            }
            catch (MalformedRequestException)
            {
                return true; // not a consumer's metadata after all: it may read anything
            }
        }
        return false;
    }
}
