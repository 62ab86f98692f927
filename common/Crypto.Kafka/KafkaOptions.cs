using System.ComponentModel.DataAnnotations;

namespace Crypto.Kafka;

/// <summary>How to reach Kafka. Section <c>Kafka</c>.</summary>
public sealed class KafkaOptions
{
    public const string Section = "Kafka";

    /// <summary>Comma-separated <c>host:port</c>.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "";

    /// <summary>Partitions of <c>crypto.trades</c>, <c>crypto.coverage</c> and <c>crypto.candles</c> when they are created.</summary>
    [Range(1, 1000)]
    public int TradePartitions { get; set; } = 12;

    /// <summary>Replicas of topics that are created: 1 on a single broker, 3 on a cluster.</summary>
    [Range(1, 10)]
    public short ReplicationFactor { get; set; } = 1;

    /// <summary>
    /// Any further setting of librdkafka by its own name, passed to every client: <c>security.protocol</c>,
    /// <c>sasl.username</c>, <c>compression.type</c>, ...
    /// </summary>
    public Dictionary<string, string> Client { get; } = [];
}
