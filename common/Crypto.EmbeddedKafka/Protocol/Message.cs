namespace Crypto.EmbeddedKafka.Protocol;

/// <summary>A request, or a structure inside one: how to read it in any of the versions that its API is served in.</summary>
internal interface IReadable<TSelf> where TSelf : IReadable<TSelf>
{
    static abstract TSelf Read(ref KafkaReader reader, short version);
}

/// <summary>A response, or a structure inside one.</summary>
internal interface IWritable
{
    void Write(KafkaWriter writer, short version);
}
