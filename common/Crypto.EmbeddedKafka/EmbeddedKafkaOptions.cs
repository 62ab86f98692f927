using System.ComponentModel.DataAnnotations;

namespace Crypto.EmbeddedKafka;

/// <summary>When an acknowledged record is safe.</summary>
public enum FlushMode
{
    /// <summary>It is in the operating system's page cache: it survives the end of the process, not a power failure.</summary>
    Never,

    /// <summary>It is on the disk (fsync) before it is acknowledged.</summary>
    Always,
}

/// <summary>How the embedded broker listens and stores. Section <c>EmbeddedKafka</c>.</summary>
public sealed class EmbeddedKafkaOptions
{
    public const string Section = "EmbeddedKafka";

    /// <summary>The address to listen on. There is no authentication, so it must be a loopback address.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port to listen on; 0 takes a free one, see <see cref="EmbeddedKafkaBroker.Port"/>.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 9092;

    /// <summary>What clients are told to connect to; <see cref="Host"/> when empty.</summary>
    public string AdvertisedHost { get; set; } = "";

    /// <summary>What clients are told to connect to; the real port when 0.</summary>
    [Range(0, 65535)]
    public int AdvertisedPort { get; set; }

    /// <summary>Where topics, groups and producer ids are kept. One broker at a time may use it.</summary>
    [Required]
    public string DataFolder { get; set; } = "data/kafka";

    /// <summary>Whether a topic is made when a client first names it.</summary>
    public bool AutoCreateTopics { get; set; } = true;

    /// <summary>Partitions of a topic whose creator does not say.</summary>
    [Range(1, 10_000)]
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>A topic cannot have more partitions than this: each costs a file and some memory.</summary>
    [Range(1, 100_000)]
    public int MaxPartitionsPerTopic { get; set; } = 1000;

    /// <summary>When a record is acknowledged.</summary>
    public FlushMode Flush { get; set; } = FlushMode.Never;

    /// <summary>How long a new group waits for more members before it assigns partitions, in ms.</summary>
    [Range(0, 60_000)]
    public int GroupInitialRebalanceDelayMs { get; set; }

    /// <summary>The largest produce request, in bytes. Other requests are limited to a tenth of it.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxRequestBytes { get; set; } = 100 << 20;

    /// <summary>
    /// Memory for all large requests together, in bytes, half of it for the requests and half for unpacking batches; a client
    /// whose request does not fit waits.
    /// </summary>
    [Range(1 << 20, 1L << 40)]
    public long MaxRequestMemoryBytes { get; set; } = 256 << 20;

    /// <summary>Connections beyond this are closed as they come.</summary>
    [Range(1, 100_000)]
    public int MaxConnections { get; set; } = 2000;

    /// <summary>No more topics than this are made.</summary>
    [Range(1, 1_000_000)]
    public int MaxTopics { get; set; } = 10_000;

    /// <summary>The most that one fetch is answered with, in bytes, unless a single batch is larger.</summary>
    [Range(1 << 16, 1 << 30)]
    public int MaxFetchBytes { get; set; } = 55 << 20;

    /// <summary>How often logs are looked after (retention, compaction, checkpoints), in ms.</summary>
    [Range(100, 3_600_000)]
    public int LogCheckIntervalMs { get; set; } = 10_000;

    /// <summary>Connections that are silent for so long are closed, in ms.</summary>
    [Range(1000, int.MaxValue)]
    public int IdleConnectionMs { get; set; } = 600_000;

    /// <summary>Topics that must be there before the first client is served; those that exist stay as they are.</summary>
    public IReadOnlyList<EmbeddedTopic> Topics { get; set; } = [];
}

/// <summary>A topic that the broker makes when it starts.</summary>
/// <param name="Name">The topic.</param>
/// <param name="Partitions">Number of partitions.</param>
/// <param name="Settings">Its settings by Kafka's names, e.g. <c>cleanup.policy</c>.</param>
public sealed record EmbeddedTopic(string Name, int Partitions, IReadOnlyDictionary<string, string> Settings);
