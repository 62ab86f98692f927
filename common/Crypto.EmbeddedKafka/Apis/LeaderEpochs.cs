using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>The epoch that a client believes in, against the only one there ever is.</summary>
internal static class LeaderEpochs
{
    private const int NotGiven = -1;

    internal static ErrorCode Check(int epoch) => epoch switch
    {
        NotGiven or Broker.LeaderEpoch => ErrorCode.None,
        > Broker.LeaderEpoch => ErrorCode.UnknownLeaderEpoch,
        _ => ErrorCode.FencedLeaderEpoch,
    };
}
