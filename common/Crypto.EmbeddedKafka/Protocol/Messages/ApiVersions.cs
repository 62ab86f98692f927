namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record ApiVersionsRequest(string? SoftwareName, string? SoftwareVersion) : IReadable<ApiVersionsRequest>
{
    public static ApiVersionsRequest Read(ref KafkaReader reader, short version)
    {
        if (version < 3)
            return new(null, null);
        var request = new ApiVersionsRequest(reader.String(), reader.String());
        reader.Tags();
        return request;
    }
}

internal readonly record struct ApiVersionRange(ApiKey Key, short Min, short Max) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int16((short)Key);
        writer.Int16(Min);
        writer.Int16(Max);
        writer.Tags();
    }
}

internal sealed record ApiVersionsResponse(ErrorCode Error, IReadOnlyCollection<ApiVersionRange> Apis) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Error(Error);
        writer.Array(Apis, version);
        if (version >= 1)
            writer.Int32(0); // throttle time
        writer.Tags();
    }
}
