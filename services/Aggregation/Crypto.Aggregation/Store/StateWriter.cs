using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Store;

/// <summary>The commands that write what the aggregation knows of its instruments: sequences and id ranges.</summary>
internal static class StateWriter
{
    /// <summary>
    /// Raises the sequences by compare-and-set. It affects one row per instrument; fewer mean that somebody else wrote to
    /// one since it was read.
    /// </summary>
    public static NpgsqlBatchCommand RaiseSequences(IReadOnlyList<InstrumentState> states)
    {
        var command = new NpgsqlBatchCommand("""
            insert into market.aggregated_instruments as a (instrument_id, partition, sequence, newest_trade_time, newest_event_time)
            select * from unnest($1::int[], $2::int[], $3::bigint[], $4::timestamptz[], $5::timestamptz[])
            on conflict (instrument_id) do update
            set partition = excluded.partition, sequence = excluded.sequence,
                newest_trade_time = excluded.newest_trade_time, newest_event_time = excluded.newest_event_time
            where a.sequence = excluded.sequence - 1
            """);
        CandleWriter.AddArray(command, NpgsqlDbType.Integer, states, s => s.Id);
        CandleWriter.AddArray(command, NpgsqlDbType.Integer, states, s => s.Partition);
        CandleWriter.AddArray(command, NpgsqlDbType.Bigint, states, s => s.Sequence + 1);
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, states, s => UnixTime.ToDateTime(s.NewestTradeUs));
        CandleWriter.AddArray(command, NpgsqlDbType.TimestampTz, states, s => UnixTime.ToDateTime(s.NewestEventUs));
        return command;
    }

    /// <summary>Writes the ranges that changed.</summary>
    public static IEnumerable<NpgsqlBatchCommand> WriteRanges(IReadOnlyList<InstrumentState> states)
    {
        var removed = states.SelectMany(s => s.Ranges.Removed.Select(first => (s.Id, First: first))).ToList();
        var changed = states.SelectMany(s => s.Ranges.Changed.Select(range => (s.Id, range.First, range.Last))).ToList();
        if (removed.Count > 0)
        {
            var delete = new NpgsqlBatchCommand("""
                delete from market.aggregated_ranges r using unnest($1::int[], $2::bigint[]) as d (i, f)
                where r.instrument_id = d.i and r.first_id = d.f
                """);
            CandleWriter.AddArray(delete, NpgsqlDbType.Integer, removed, r => r.Id);
            CandleWriter.AddArray(delete, NpgsqlDbType.Bigint, removed, r => r.First);
            yield return delete;
        }
        if (changed.Count == 0) yield break;
        var upsert = new NpgsqlBatchCommand("""
            insert into market.aggregated_ranges (instrument_id, first_id, last_id)
            select * from unnest($1::int[], $2::bigint[], $3::bigint[])
            on conflict (instrument_id, first_id) do update set last_id = excluded.last_id
            """);
        CandleWriter.AddArray(upsert, NpgsqlDbType.Integer, changed, r => r.Id);
        CandleWriter.AddArray(upsert, NpgsqlDbType.Bigint, changed, r => r.First);
        CandleWriter.AddArray(upsert, NpgsqlDbType.Bigint, changed, r => r.Last);
        yield return upsert;
    }
}
