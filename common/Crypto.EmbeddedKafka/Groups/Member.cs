using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Groups;

/// <summary>A consumer in a group. Guarded by the group's lock.</summary>
internal sealed class Member
{
    public required string Id { get; set; }

    /// <summary>Set for a static member, which keeps its place while it restarts.</summary>
    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public int SessionTimeoutMs { get; set; }

    public int RebalanceTimeoutMs { get; set; }

    public List<GroupProtocol> Protocols { get; set; } = [];

    public byte[] Assignment { get; set; } = [];

    /// <summary>The join that waits for the others.</summary>
    internal TaskCompletionSource<JoinGroupResponse>? Joining { get; set; }

    /// <summary>The sync that waits for the leader's assignment.</summary>
    internal TaskCompletionSource<SyncGroupResponse>? Syncing { get; set; }

    /// <summary>When the member counts as dead, unless it is heard of before.</summary>
    internal long SessionEndsMs { get; set; }

    /// <summary>A member that waits for an answer of ours cannot send heartbeats.</summary>
    internal bool IsWaiting => Joining is not null || Syncing is not null;

    internal byte[] MetadataFor(string protocol) => Protocols.Find(p => p.Name == protocol)?.Metadata ?? [];

    internal bool Supports(string protocol) => Protocols.Exists(p => p.Name == protocol);

    internal bool HasSameProtocols(List<GroupProtocol> others) =>
        Protocols.Count == others.Count &&
        Protocols.Zip(others).All(p => p.First.Name == p.Second.Name && p.First.Metadata.AsSpan().SequenceEqual(p.Second.Metadata));

    internal void Touch(long nowMs) => SessionEndsMs = nowMs + SessionTimeoutMs;

    internal void Answer(JoinGroupResponse response)
    {
        var joining = Joining;
        Joining = null;
        joining?.TrySetResult(response);
    }

    internal void Answer(SyncGroupResponse response)
    {
        var syncing = Syncing;
        Syncing = null;
        syncing?.TrySetResult(response);
    }

    internal void Abandon(Task answer)
    {
        if (Joining?.Task == answer)
            Joining = null;
        if (Syncing?.Task == answer)
            Syncing = null;
    }
}
