using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>A batch that an idempotent producer has written, remembered to recognise its repeat.</summary>
internal readonly record struct ProducerBatch(int FirstSequence, int LastSequence, long LastOffset, long Timestamp)
{
    /// <summary>Every record has a sequence number, so the first offset follows; the numbers wrap at 2^31.</summary>
    internal long BaseOffset => LastOffset - (((long)LastSequence - FirstSequence) & int.MaxValue);
}

/// <summary>What a partition knows of one producer: its epoch and its last five batches, as the protocol asks.</summary>
internal sealed class ProducerState
{
    internal const int BatchesKept = 5;

    public required long Id { get; init; }

    public short Epoch { get; set; } = -1;

    public List<ProducerBatch> Batches { get; init; } = [];

    /// <summary>Wall time of its last batch, in ms. (Record timestamps may be years old.)</summary>
    public long LastSeenMs { get; set; }

    /// <summary>The first offset of the transaction under way, -1 without one.</summary>
    public long TransactionStart { get; set; } = -1;
}

/// <summary>How a batch fits to what its producer wrote before.</summary>
internal enum SequenceCheck
{
    InOrder,
    Repeated,
    RepeatedLongAgo,
    OutOfOrder,
    OldEpoch,
}

/// <summary>The idempotent producers of one partition. Guarded by the partition's writer lock.</summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerState> _producers = [];

    internal IReadOnlyCollection<ProducerState> All => _producers.Values;

    internal ProducerState? Find(long producerId) => _producers.GetValueOrDefault(producerId);

    internal void Restore(ProducerState state) => _producers[state.Id] = state;

    internal void Clear() => _producers.Clear();

    /// <param name="header">A batch with a producer id.</param>
    /// <param name="repeated">The batch that it repeats.</param>
    internal SequenceCheck Check(BatchHeader header, out ProducerBatch repeated)
    {
        repeated = default;
        // A producer that is not known (any more) may go on with any number: its records were deleted by retention.
        if (!_producers.TryGetValue(header.ProducerId, out var state) || state.Epoch < 0)
            return SequenceCheck.InOrder;
        if (header.ProducerEpoch < state.Epoch)
            return SequenceCheck.OldEpoch;
        if (header.ProducerEpoch > state.Epoch)
            return header.BaseSequence == 0 ? SequenceCheck.InOrder : SequenceCheck.OutOfOrder;
        foreach (var batch in state.Batches)
        {
            if (batch.FirstSequence == header.BaseSequence && batch.LastSequence == header.LastSequence)
            {
                repeated = batch;
                return SequenceCheck.Repeated;
            }
        }
        if (state.Batches.Count == 0)
            return SequenceCheck.InOrder;
        int expected = (int)(((long)state.Batches[^1].LastSequence + 1) & int.MaxValue);
        if (header.BaseSequence == expected)
            return SequenceCheck.InOrder;
        return IsBefore(header.LastSequence, state.Batches[0].FirstSequence) ? SequenceCheck.RepeatedLongAgo : SequenceCheck.OutOfOrder;
    }

    /// <summary>Remembers a batch that was appended.</summary>
    internal void Update(BatchHeader header, long nowMs)
    {
        if (header.ProducerId < 0)
            return;
        if (!_producers.TryGetValue(header.ProducerId, out var state))
            _producers[header.ProducerId] = state = new ProducerState { Id = header.ProducerId };
        if (header.ProducerEpoch != state.Epoch)
        {
            state.Epoch = header.ProducerEpoch;
            state.Batches.Clear();
        }
        state.LastSeenMs = nowMs;
        if (header.IsControl)
            return;
        if (state.Batches.Count == ProducerState.BatchesKept)
            state.Batches.RemoveAt(0);
        state.Batches.Add(new ProducerBatch(header.BaseSequence, header.LastSequence, header.LastOffset, header.MaxTimestamp));
    }

    /// <summary>Forgets producers that have been silent; without that they would only become more.</summary>
    internal void Expire(long beforeMs)
    {
        foreach (var state in _producers.Values.Where(s => s.LastSeenMs < beforeMs && s.TransactionStart < 0).ToList())
            _producers.Remove(state.Id);
    }

    private static bool IsBefore(int sequence, int other) => sequence < other && other - sequence < int.MaxValue / 2;

    internal static ErrorCode ErrorOf(SequenceCheck check) => check switch
    {
        SequenceCheck.RepeatedLongAgo => ErrorCode.DuplicateSequenceNumber,
        SequenceCheck.OutOfOrder => ErrorCode.OutOfOrderSequenceNumber,
        SequenceCheck.OldEpoch => ErrorCode.InvalidProducerEpoch,
        _ => ErrorCode.None,
    };
}
