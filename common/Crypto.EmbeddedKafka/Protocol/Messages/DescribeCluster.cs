namespace Crypto.EmbeddedKafka.Protocol.Messages;

/// <param name="EndpointType">1 for brokers, 2 for controllers.</param>
internal sealed record DescribeClusterRequest(sbyte EndpointType) : IReadable<DescribeClusterRequest>
{
    internal const sbyte Brokers = 1;

    public static DescribeClusterRequest Read(ref KafkaReader reader, short version)
    {
        reader.Bool(); // include authorized operations
        var request = new DescribeClusterRequest(version >= 1 ? reader.Int8() : Brokers);
        reader.Tags();
        return request;
    }
}

internal sealed record DescribeClusterResponse(ErrorCode Error, string? Message, string ClusterId, IReadOnlyCollection<MetadataBroker> Brokers)
    : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Error(Error);
        writer.NullableString(Message);
        if (version >= 1)
            writer.Int8(DescribeClusterRequest.Brokers);
        writer.String(ClusterId);
        writer.Int32(Broker.NodeId); // controller
        writer.Array(Brokers, version: 1);
        writer.Int32(int.MinValue); // authorized operations: not asked for
        writer.Tags();
    }
}
