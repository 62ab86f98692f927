using System.Buffers;
using System.Text;
using Crypto.Aggregation.Series;
using Crypto.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Aggregation.Store;

/// <summary>The commands that write candles, revisions and the queue: one statement each, whatever the number of rows.</summary>
internal static class CandleWriter
{
    private const string UpsertSql = """
        insert into market.candles as c (
            instrument_id, interval_s, open_time, open, high, low, close, volume, quote_volume, trade_count,
            taker_buy_volume, taker_buy_quote_volume, first_trade_id, last_trade_id, state, revision, version, complete,
            anchor_id, touched_time, skipped)
        select * from unnest($1::int[], $2::int[], $3::timestamptz[], $4::numeric[], $5::numeric[], $6::numeric[], $7::numeric[],
            $8::numeric[], $9::numeric[], $10::bigint[], $11::numeric[], $12::numeric[], $13::bigint[], $14::bigint[],
            $15::smallint[], $16::int[], $17::bigint[], $18::boolean[], $19::bigint[], $20::timestamptz[], $21::boolean[])
        on conflict (instrument_id, interval_s, open_time) do update set
            open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
            quote_volume = excluded.quote_volume, trade_count = excluded.trade_count,
            taker_buy_volume = excluded.taker_buy_volume, taker_buy_quote_volume = excluded.taker_buy_quote_volume,
            first_trade_id = excluded.first_trade_id, last_trade_id = excluded.last_trade_id, state = excluded.state,
            revision = excluded.revision, version = excluded.version, complete = excluded.complete,
            anchor_id = excluded.anchor_id, touched_time = excluded.touched_time, skipped = excluded.skipped, pending = true, updated_at = now()
        """;

    /// <summary>Writes the candles with the versions that they have now.</summary>
    public static NpgsqlBatchCommand Upsert(IReadOnlyList<(int InstrumentId, Candle Candle, CandleRow Row)> rows)
    {
        var command = new NpgsqlBatchCommand(UpsertSql);
        void Add<T>(NpgsqlDbType type, Func<Candle, T> value) => AddArray(command, type, rows, row => value(row.Candle));
        AddArray(command, NpgsqlDbType.Integer, rows, row => row.InstrumentId);
        Add(NpgsqlDbType.Integer, c => CandleRows.SecondsOf(c.Interval));
        Add(NpgsqlDbType.TimestampTz, c => UnixTime.ToDateTime(c.OpenTimeUs));
        Add(NpgsqlDbType.Numeric, c => c.Open);
        Add(NpgsqlDbType.Numeric, c => c.High);
        Add(NpgsqlDbType.Numeric, c => c.Low);
        Add(NpgsqlDbType.Numeric, c => c.Close);
        Add(NpgsqlDbType.Numeric, c => c.Volume);
        Add(NpgsqlDbType.Numeric, c => c.QuoteVolume);
        Add(NpgsqlDbType.Bigint, c => c.TradeCount);
        Add(NpgsqlDbType.Numeric, c => c.TakerBuyVolume);
        Add(NpgsqlDbType.Numeric, c => c.TakerBuyQuoteVolume);
        Add(NpgsqlDbType.Bigint, c => c.FirstTradeId);
        Add(NpgsqlDbType.Bigint, c => c.LastTradeId);
        Add(NpgsqlDbType.Smallint, c => (short)c.State);
        Add(NpgsqlDbType.Integer, c => c.Revision);
        Add(NpgsqlDbType.Bigint, c => c.Version);
        Add(NpgsqlDbType.Boolean, c => c.Complete);
        AddArray(command, NpgsqlDbType.Bigint, rows, row => row.Row.AnchorId);
        AddArray(command, NpgsqlDbType.TimestampTz, rows, row => UnixTime.ToDateTime(row.Row.TouchedUs));
        AddArray(command, NpgsqlDbType.Boolean, rows, row => row.Row.Skipped);
        return command;
    }

    /// <summary>Keeps settled states that were replaced.</summary>
    public static NpgsqlBatchCommand InsertRevisions(IReadOnlyList<(int InstrumentId, Candle Candle)> replaced)
    {
        var command = new NpgsqlBatchCommand("""
            insert into market.candle_revisions (instrument_id, interval_s, open_time, revision, candle)
            select * from unnest($1::int[], $2::int[], $3::timestamptz[], $4::int[], $5::jsonb[]) on conflict do nothing
            """);
        AddArray(command, NpgsqlDbType.Integer, replaced, r => r.InstrumentId);
        AddArray(command, NpgsqlDbType.Integer, replaced, r => CandleRows.SecondsOf(r.Candle.Interval));
        AddArray(command, NpgsqlDbType.TimestampTz, replaced, r => UnixTime.ToDateTime(r.Candle.OpenTimeUs));
        AddArray(command, NpgsqlDbType.Integer, replaced, r => r.Candle.Revision);
        AddArray(command, NpgsqlDbType.Jsonb, replaced, r => JsonOf(r.Candle));
        return command;
    }

    /// <summary>Queues candles to be computed anew, or widens the ids of those that are queued already.</summary>
    public static NpgsqlBatchCommand Queue(IReadOnlyList<(int InstrumentId, Recomputation Entry)> entries)
    {
        var command = new NpgsqlBatchCommand("""
            insert into market.candle_recomputations as q (instrument_id, interval_s, open_time, first_id, last_id)
            select i, s, t, min(f), max(l) from unnest($1::int[], $2::int[], $3::timestamptz[], $4::bigint[], $5::bigint[])
                as e (i, s, t, f, l) group by i, s, t
            on conflict (instrument_id, interval_s, open_time) do update
            set first_id = least(q.first_id, excluded.first_id), last_id = greatest(q.last_id, excluded.last_id)
            """);
        AddKeys(command, entries);
        AddArray(command, NpgsqlDbType.Bigint, entries, e => e.Entry.FirstId);
        AddArray(command, NpgsqlDbType.Bigint, entries, e => e.Entry.LastId);
        return command;
    }

    /// <summary>Takes done recomputations off the queue.</summary>
    public static NpgsqlBatchCommand Unqueue(IReadOnlyList<(int InstrumentId, Recomputation Entry)> entries)
    {
        var command = new NpgsqlBatchCommand("""
            delete from market.candle_recomputations q using unnest($1::int[], $2::int[], $3::timestamptz[]) as d (i, s, t)
            where q.instrument_id = d.i and q.interval_s = d.s and q.open_time = d.t
            """);
        AddKeys(command, entries);
        return command;
    }

    /// <summary>Adds one array parameter.</summary>
    public static void AddArray<TRow, T>(NpgsqlBatchCommand command, NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, T> value)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static void AddKeys(NpgsqlBatchCommand command, IReadOnlyList<(int InstrumentId, Recomputation Entry)> entries)
    {
        AddArray(command, NpgsqlDbType.Integer, entries, e => e.InstrumentId);
        AddArray(command, NpgsqlDbType.Integer, entries, e => CandleRows.SecondsOf(e.Entry.Interval));
        AddArray(command, NpgsqlDbType.TimestampTz, entries, e => UnixTime.ToDateTime(e.Entry.OpenTimeUs));
    }

    private static string JsonOf(Candle candle)
    {
        var json = new ArrayBufferWriter<byte>(512);
        CandleJson.Write(json, candle);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
