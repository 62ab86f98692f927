namespace Crypto.EmbeddedKafka.Protocol.Messages;

internal sealed record InitProducerIdRequest(string? TransactionalId, int TimeoutMs, long ProducerId, short ProducerEpoch)
    : IReadable<InitProducerIdRequest>
{
    public static InitProducerIdRequest Read(ref KafkaReader reader, short version)
    {
        var request = new InitProducerIdRequest(
            reader.NullableString(), reader.Int32(),
            version >= 3 ? reader.Int64() : -1,
            version >= 3 ? reader.Int16() : (short)-1);
        reader.Tags();
        return request;
    }
}

internal sealed record InitProducerIdResponse(ErrorCode Error, long ProducerId, short ProducerEpoch) : IWritable
{
    public void Write(KafkaWriter writer, short version)
    {
        writer.Int32(0); // throttle time
        writer.Error(Error);
        writer.Int64(ProducerId);
        writer.Int16(ProducerEpoch);
        writer.Tags();
    }
}
