using Crypto.Contracts;

namespace Crypto.Kafka;

/// <summary>
/// What a transactional consumer does with its records: it keeps the offsets in its own database, in the transaction that
/// holds the batch's effects, so that a batch is applied once or not at all.
/// </summary>
public interface IBatchHandler
{
    /// <summary>A partition was assigned. Answers with the offset to read from, as the database has it.</summary>
    Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation);

    /// <summary>Applies the batch and moves its offsets in one transaction. Called for one batch at a time.</summary>
    /// <exception cref="RetriableException">Nothing was applied; the same batch is offered again after a pause.</exception>
    /// <exception cref="FencedException">Another consumer moved the offsets; the assignment is given up and taken anew.</exception>
    Task HandleAsync(RecordBatch batch, CancellationToken cancellation);

    /// <summary>The partition went to another consumer; drop what was kept for it. No batch of it is under way.</summary>
    Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation);
}
