using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Crypto.Postgres;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>What one transaction does to one instrument.</summary>
public readonly record struct InstrumentWork(InstrumentState State, CandleChanges Changes);

/// <summary>One transaction: positions, sequences, ranges, candles, revisions and queue, all or nothing.</summary>
public sealed class CandleCommit(NpgsqlDataSource dataSource, AggregationOffsets offsets)
{
    /// <summary>
    /// Commits what was done to the instruments. Versions of dirty rows rise by one. The states are right after it; after
    /// any exception they are not, and must be read anew.
    /// </summary>
    /// <returns>The candles as they were committed, but for those that are not to be shown.</returns>
    /// <exception cref="FencedException">Another process moved the offsets or wrote to an instrument.</exception>
    public async Task<IReadOnlyList<Candle>> RunAsync(
        IReadOnlyList<(StreamPosition From, StreamPosition To)> moves, IReadOnlyList<InstrumentWork> work,
        CancellationToken cancellation)
    {
        // One order for everybody, so that no two transactions wait for each other.
        var states = work.Select(w => w.State).OrderBy(s => s.Id).ToList();
        var rows = DirtyRows(work);
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (moves.Count > 0) batch.BatchCommands.Add(offsets.Store.Move(moves));
        if (states.Count > 0) batch.BatchCommands.Add(StateWriter.RaiseSequences(states));
        foreach (var command in StateWriter.WriteRanges(states)) batch.BatchCommands.Add(command);
        if (rows.Count > 0) batch.BatchCommands.Add(CandleWriter.Upsert(rows));
        AddChanges(batch, work);
        if (batch.BatchCommands.Count == 0) return [];
        await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        CheckFences(batch, moves.Count, states.Count);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        foreach (var state in states) state.Accept();
        foreach (var (_, _, row) in rows) row.IsDirty = false;
        return [.. rows.Where(r => !r.Row.Skipped).Select(r => r.Candle)];
    }

    private static List<(int InstrumentId, Candle Candle, CandleRow Row)> DirtyRows(IReadOnlyList<InstrumentWork> work)
    {
        var rows = new List<(int, Candle, CandleRow)>();
        foreach (var (state, changes) in work)
        {
            // A row may have been looked at for several reasons.
            foreach (var row in changes.Rows.Distinct())
            {
                if (!row.IsDirty) continue;
                row.Version++;
                rows.Add((state.Id, row.ToCandle(state.Instrument), row));
            }
        }
        return rows;
    }

    private static void AddChanges(NpgsqlBatch batch, IReadOnlyList<InstrumentWork> work)
    {
        var replaced = work.SelectMany(w => w.Changes.Replaced.Select(candle => (w.State.Id, candle))).ToList();
        var queued = work.SelectMany(w => w.Changes.Queued.Select(entry => (w.State.Id, entry))).ToList();
        var done = work.SelectMany(w => w.Changes.Done.Select(entry => (w.State.Id, entry))).ToList();
        if (replaced.Count > 0) batch.BatchCommands.Add(CandleWriter.InsertRevisions(replaced));
        if (queued.Count > 0) batch.BatchCommands.Add(CandleWriter.Queue(queued));
        if (done.Count > 0) batch.BatchCommands.Add(CandleWriter.Unqueue(done));
    }

    private static void CheckFences(NpgsqlBatch batch, int moves, int states)
    {
        var at = 0;
        if (moves > 0 && batch.BatchCommands[at++].RecordsAffected != moves)
            throw new FencedException("another consumer moved the offsets");
        if (states > 0 && batch.BatchCommands[at].RecordsAffected != states)
            throw new FencedException("another process wrote to an instrument of this one");
    }
}
