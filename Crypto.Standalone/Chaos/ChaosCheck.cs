using Crypto.Contracts;
using Crypto.MarketReplay;
using Npgsql;

namespace Crypto.Standalone.Chaos;

/// <summary>
/// Holds a store against the recording: every id once, with the exchange's fields; a ledger of one range, one row for
/// each gap with its cause and none of them open; candles equal to a naive fold of the whole recording.
/// </summary>
internal sealed class ChaosCheck(RecordedTruth truth, string connectionString) : IAsyncDisposable
{
    /// <summary>The candles that are looked at.</summary>
    public static readonly IReadOnlyList<Interval> Intervals = [Interval.OneSecond, Interval.OneMinute, Interval.FiveMinutes, Interval.OneHour];

    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(connectionString);

    public string ConnectionString => connectionString;

    /// <summary>Gaps that the ledger tells of.</summary>
    public long Gaps { get; private set; }

    /// <summary>The first difference in words, or null.</summary>
    public async Task<string?> DifferenceAsync(CancellationToken cancellation)
    {
        foreach (var instrument in truth.Instruments)
        {
            var id = await InstrumentIdAsync(instrument, cancellation);
            if (id is null) return $"{instrument} is not in the store";
            var difference = await LedgerAsync(instrument, id.Value, cancellation)
                ?? await TradesAsync(instrument, id.Value, cancellation);
            foreach (var interval in Intervals) difference ??= await CandlesAsync(instrument, id.Value, interval, cancellation);
            if (difference is not null) return $"{instrument}: {difference}";
        }
        Gaps = await ScalarAsync<long>("select count(*) from market.coverage_gaps", 0, cancellation);
        return null;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<int?> InstrumentIdAsync(Instrument instrument, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand("select instrument_id from market.instruments where venue = $1 and symbol = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = instrument.Venue });
        command.Parameters.Add(new NpgsqlParameter { Value = instrument.Symbol });
        return (int?)await command.ExecuteScalarAsync(cancellation);
    }

    private async Task<string?> LedgerAsync(Instrument instrument, int id, CancellationToken cancellation)
    {
        var ranges = await RowsAsync(
            "select first_id, last_id from market.coverage_ranges where instrument_id = $1 order by first_id", id,
            row => (First: row.GetInt64(0), Last: row.GetInt64(1)), cancellation);
        var trades = truth.Trades(instrument).Select(t => t.TradeId).Concat(truth.VoidIds(instrument)).ToList();
        var (first, last) = (trades.Min(), trades.Max());
        if (ranges.Count != 1 || ranges[0] != (first, last))
            return $"the ledger has {string.Join(", ", ranges.Take(5).Select(r => $"{r.First}-{r.Last}"))} instead of {first}-{last}";
        var bad = await RowsAsync(
            "select first_id, last_id, reason, state from market.coverage_gaps where instrument_id = $1 and (state <> 'repaired' or reason = '')", id,
            row => $"gap {row.GetInt64(0)}-{row.GetInt64(1)} ({row.GetString(2)}) is {row.GetString(3)}", cancellation);
        if (bad.Count > 0) return bad[0];
        var twice = await RowsAsync("""
            select a.first_id, a.last_id, a.reason, b.first_id, b.last_id, b.reason from market.coverage_gaps a
            join market.coverage_gaps b on b.instrument_id = a.instrument_id and b.gap_id > a.gap_id
                and b.first_id <= a.last_id and b.last_id >= a.first_id
            where a.instrument_id = $1
            """, id,
            row => $"gaps {row.GetInt64(0)}-{row.GetInt64(1)} ({row.GetString(2)}) and {row.GetInt64(3)}-{row.GetInt64(4)} ({row.GetString(5)}) share ids", cancellation);
        return twice.FirstOrDefault();
    }

    private async Task<string?> TradesAsync(Instrument instrument, int id, CancellationToken cancellation)
    {
        var stored = await RowsAsync(
            "select trade_id, last_trade_id, price, quantity, trade_time, is_buyer_maker from market.trades where instrument_id = $1 order by trade_id", id,
            row => (Id: row.GetInt64(0), Last: row.GetInt64(1), Price: row.GetDecimal(2), Quantity: row.GetDecimal(3),
                TimeUs: UnixTime.ToMicroseconds(row.GetDateTime(4)), IsBuyerMaker: row.GetBoolean(5)), cancellation);
        using var expected = truth.Trades(instrument).GetEnumerator();
        foreach (var row in stored)
        {
            // An aggregate stands for several trades of one price, side and time.
            var quantity = 0m;
            for (var next = row.Id; next <= row.Last; next++)
            {
                if (!expected.MoveNext()) return $"trade {next} is not in the recording";
                var trade = expected.Current;
                if (trade.TradeId != next) return $"trade {trade.TradeId} is {(trade.TradeId < next ? "missing" : "stored twice or void")}";
                if (trade.Price != row.Price || trade.IsBuyerMaker != row.IsBuyerMaker || trade.TradeTimeUs != row.TimeUs)
                    return $"trade {next} is not as recorded";
                quantity += trade.Quantity;
            }
            if (quantity != row.Quantity) return $"trade {row.Id} has the quantity {row.Quantity} instead of {quantity}";
        }
        return expected.MoveNext() ? $"trade {expected.Current.TradeId} is missing" : null;
    }

    private async Task<string?> CandlesAsync(Instrument instrument, int id, Interval interval, CancellationToken cancellation)
    {
        var stored = (await RowsAsync(
            $"""
             select open_time, open, high, low, close, volume, quote_volume, trade_count, taker_buy_volume, taker_buy_quote_volume,
             first_trade_id, last_trade_id from market.candles where instrument_id = $1 and interval_s = {interval.LengthUs / UnixTime.MicrosecondsPerSecond}
             """, id,
            row => new StoredCandle(
                UnixTime.ToMicroseconds(row.GetDateTime(0)), row.GetDecimal(1), row.GetDecimal(2), row.GetDecimal(3), row.GetDecimal(4),
                row.GetDecimal(5), row.GetDecimal(6), row.GetInt64(7), row.GetDecimal(8), row.GetDecimal(9),
                row.IsDBNull(10) ? null : row.GetInt64(10), row.IsDBNull(11) ? null : row.GetInt64(11)), cancellation))
            .ToDictionary(c => c.OpenTimeUs);
        foreach (var candle in truth.Candles(instrument, interval))
        {
            var expected = new StoredCandle(
                candle.OpenTimeUs, candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.QuoteVolume, candle.TradeCount,
                candle.TakerBuyVolume, candle.TakerBuyQuoteVolume, candle.FirstTradeId, candle.LastTradeId);
            if (!stored.Remove(candle.OpenTimeUs, out var actual)) return $"candle {interval.Name} {UnixTime.ToRfc3339(candle.OpenTimeUs)} is missing";
            if (actual != expected) return $"candle {interval.Name} differs: {actual} instead of {expected}";
        }
        return stored.Values.FirstOrDefault(c => c.TradeCount > 0) is { } extra ? $"candle {interval.Name} {extra} is not of the recording" : null;
    }

    private async Task<List<T>> RowsAsync<T>(string sql, int id, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var list = new List<T>();
        while (await rows.ReadAsync(cancellation)) list.Add(read(rows));
        return list;
    }

    private async Task<T> ScalarAsync<T>(string sql, T none, CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(cancellation) is T value ? value : none;
    }

    private sealed record StoredCandle(
        long OpenTimeUs, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, decimal QuoteVolume, long TradeCount,
        decimal TakerBuyVolume, decimal TakerBuyQuoteVolume, long? FirstTradeId, long? LastTradeId);
}
