namespace Crypto.EmbeddedKafka;

/// <summary>What is the same for every broker of this kind, because it is always alone.</summary>
internal static class Broker
{
    internal const int NodeId = 1;

    /// <summary>Leadership never changes.</summary>
    internal const int LeaderEpoch = 0;
}
