using Crypto.Kafka;

namespace Crypto.Storage;

/// <summary>One of storage's consumers, for the health check over all of them.</summary>
public interface IStorageConsumer
{
    /// <summary>What it stores: <c>trades</c>, <c>feeds</c>, <c>archive</c>.</summary>
    string Name { get; }

    /// <summary>What it does; null where it is not configured.</summary>
    ConsumerStatus? Status { get; }

    /// <summary>Why it has not begun to read, or null.</summary>
    string? NotStarted { get; }
}
