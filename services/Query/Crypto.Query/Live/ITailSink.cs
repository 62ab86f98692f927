using Confluent.Kafka;

namespace Crypto.Query.Live;

/// <summary>Where a <see cref="TopicTail"/> puts what it reads. Called by one thread.</summary>
internal interface ITailSink
{
    string Topic { get; }

    /// <summary>The tail follows the topic from its present end; what came before is in the database.</summary>
    void Followed();

    /// <summary>The topic cannot be read at the moment; <see cref="Followed"/> will be called again.</summary>
    void Lost();

    /// <summary>The next record.</summary>
    void Accept(ConsumeResult<byte[], byte[]> record);
}
