using System.Data;
using Crypto.Contracts;
using Crypto.Ingestion.Sequencing;
using Crypto.Postgres;
using Npgsql;

namespace Crypto.Ingestion.Ledger;

/// <summary>Reads the coverage ledger and storage's offsets.</summary>
public sealed class LedgerReader(NpgsqlDataSource dataSource, InstrumentStore instruments)
{
    private const string StorageConsumer = "storage";

    /// <summary>What the store knows of the instrument; empty where it knows nothing.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<SymbolLedger> ReadAsync(Instrument instrument, CancellationToken cancellation)
    {
        var (covered, refused, open) = (new IdRangeSet(), new IdRangeSet(), new List<OpenGap>());
        if (await instruments.FindAsync(instrument, cancellation).ConfigureAwait(false) is not { } id)
            return new SymbolLedger(covered, refused, open);
        // One look for both: a gap that is closed between two looks would leave ids unexplained that the first look did not find covered.
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var look = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation).ConfigureAwait(false);
        await using var ranges = new NpgsqlCommand(
            "select first_id, last_id from market.coverage_ranges where instrument_id = $1 order by first_id", connection, look);
        ranges.Parameters.AddWithValue(id);
        await using (var rows = await ranges.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
            while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) covered.Add(new IdRange(rows.GetInt64(0), rows.GetInt64(1)));
        await using var gaps = new NpgsqlCommand(
            "select first_id, last_id, state, reason from market.coverage_gaps where instrument_id = $1 and state <> 'repaired'", connection, look);
        gaps.Parameters.AddWithValue(id);
        await using (var rows = await gaps.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
            while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            {
                var range = new IdRange(rows.GetInt64(0), rows.GetInt64(1));
                if (rows.GetString(2) == "refused") refused.Add(range);
                else open.Add(new OpenGap(range, rows.GetString(3)));
            }
        await look.CommitAsync(cancellation).ConfigureAwait(false);
        return new SymbolLedger(covered, refused, open);
    }

    /// <summary>Storage's next offset by topic and partition, with the id of the topic that it belongs to.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<(string Topic, int Partition), (string TopicId, long Next)>> StorageOffsetsAsync(
        CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand(
            "select topic, partition, topic_id, next_offset from market.stream_offsets where consumer = $1");
        select.Parameters.AddWithValue(StorageConsumer);
        var offsets = new Dictionary<(string, int), (string, long)>();
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            offsets[(rows.GetString(0), rows.GetInt32(1))] = (rows.GetString(2), rows.GetInt64(3));
        return offsets;
    }
}
