using Npgsql;

namespace Crypto.Storage.Ledger;

/// <summary>Reads and writes the coverage ledger inside a batch's transaction.</summary>
internal static class LedgerStore
{
    /// <summary>
    /// Locks the instruments' rows (always in the same order, so that writers never wait in a circle) and reads their high
    /// water. Everything about an instrument's ids is changed under this lock, so several writers are safe.
    /// </summary>
    public static NpgsqlBatchCommand Lock(IReadOnlyCollection<InstrumentLedger> ledgers)
    {
        // Not "for update": that would also stop others from referring to the instrument by foreign key.
        var command = new NpgsqlBatchCommand("""
            select instrument_id, high_water from market.instruments
            where instrument_id = any($1) order by instrument_id for no key update
            """);
        command.Parameters.AddWithValue(ledgers.Select(ledger => ledger.InstrumentId).ToArray());
        return command;
    }

    /// <summary>The ranges that overlap or touch each ledger's window.</summary>
    public static NpgsqlBatchCommand ReadRanges(IReadOnlyCollection<InstrumentLedger> ledgers)
    {
        var command = new NpgsqlBatchCommand("""
            select w.instrument_id, r.first_id, r.last_id
            from unnest($1, $2, $3) as w (instrument_id, min_id, max_id)
            cross join lateral (
                select first_id, last_id from market.coverage_ranges r
                where r.instrument_id = w.instrument_id and r.first_id <= w.max_id + 1
                  and r.first_id >= coalesce((
                      select max(b.first_id) from market.coverage_ranges b
                      where b.instrument_id = w.instrument_id and b.first_id <= w.min_id), w.min_id)) r
            order by w.instrument_id, r.first_id
            """);
        command.Parameters.AddWithValue(ledgers.Select(ledger => ledger.InstrumentId).ToArray());
        command.Parameters.AddWithValue(ledgers.Select(ledger => ledger.Window.First).ToArray());
        command.Parameters.AddWithValue(ledgers.Select(ledger => ledger.Window.Last).ToArray());
        return command;
    }

    /// <summary>Takes the two results in the order of the commands above.</summary>
    public static async Task LoadAsync(NpgsqlDataReader reader, IReadOnlyCollection<InstrumentLedger> ledgers, CancellationToken cancellation)
    {
        var highWater = new Dictionary<int, long>();
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) highWater.Add(reader.GetInt32(0), reader.GetInt64(1));
        await reader.NextResultAsync(cancellation).ConfigureAwait(false);
        var ranges = ledgers.ToDictionary(ledger => ledger.InstrumentId, _ => new List<IdRange>());
        while (await reader.ReadAsync(cancellation).ConfigureAwait(false))
            ranges[reader.GetInt32(0)].Add(new IdRange(reader.GetInt64(1), reader.GetInt64(2)));
        foreach (var ledger in ledgers) ledger.Load(highWater[ledger.InstrumentId], ranges[ledger.InstrumentId]);
    }

    /// <summary>Writes the ranges, voids and high-water marks that changed.</summary>
    public static void Write(NpgsqlBatch batch, IReadOnlyCollection<InstrumentLedger> ledgers)
    {
        var removed = new List<(int Instrument, long First)>();
        var written = new List<(int Instrument, IdRange Range)>();
        foreach (var ledger in ledgers)
        {
            var changes = ledger.Ranges.Changes();
            removed.AddRange(changes.Removed.Select(first => (ledger.InstrumentId, first)));
            written.AddRange(changes.Written.Select(range => (ledger.InstrumentId, range)));
        }
        if (removed.Count > 0)
        {
            Add(batch, """
                delete from market.coverage_ranges r using unnest($1, $2) as d (instrument_id, first_id)
                where r.instrument_id = d.instrument_id and r.first_id = d.first_id
                """, removed.Select(r => r.Instrument).ToArray(), removed.Select(r => r.First).ToArray());
        }
        if (written.Count > 0)
        {
            Add(batch, """
                insert into market.coverage_ranges (instrument_id, first_id, last_id) select * from unnest($1, $2, $3)
                on conflict (instrument_id, first_id) do update set last_id = excluded.last_id
                """, written.Select(w => w.Instrument).ToArray(), written.Select(w => w.Range.First).ToArray(),
                written.Select(w => w.Range.Last).ToArray());
        }
        WriteVoids(batch, ledgers);
        var risen = ledgers.Where(ledger => ledger.HighWater > ledger.StoredHighWater).ToList();
        if (risen.Count == 0) return;
        Add(batch, """
            update market.instruments i set high_water = h.high_water from unnest($1, $2) as h (instrument_id, high_water)
            where i.instrument_id = h.instrument_id
            """, risen.Select(ledger => ledger.InstrumentId).ToArray(), risen.Select(ledger => ledger.HighWater).ToArray());
    }

    private static void WriteVoids(NpgsqlBatch batch, IReadOnlyCollection<InstrumentLedger> ledgers)
    {
        var voids = ledgers.SelectMany(ledger => ledger.Voids.Select(one => (ledger.InstrumentId, one.Ids, one.Reason))).ToList();
        if (voids.Count == 0) return;
        Add(batch, "insert into market.coverage_voids (instrument_id, first_id, last_id, reason) select * from unnest($1, $2, $3, $4)",
            voids.Select(v => v.InstrumentId).ToArray(), voids.Select(v => v.Ids.First).ToArray(),
            voids.Select(v => v.Ids.Last).ToArray(), voids.Select(v => v.Reason).ToArray());
    }

    internal static void Add(NpgsqlBatch batch, string sql, params object[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        batch.BatchCommands.Add(command);
    }
}
