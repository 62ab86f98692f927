using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Testing;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Query.Tests.Support;

/// <summary>Puts what the writing roles would have written into a test's database.</summary>
internal static class StoreSeed
{
    public static Task SourceAsync(NpgsqlDataSource database, MarketClock clock, string venue = Venues.Binance) =>
        new MarketSourceStore(database).EnsureAsync(new MarketSource("recorded", venue, "test", clock), default);

    /// <summary>Stores contiguous trades and their range in the ledger.</summary>
    public static async Task<int> TradesAsync(NpgsqlDataSource database, IReadOnlyList<Trade> trades)
    {
        var instrument = await new InstrumentStore(database).GetOrCreateAsync(trades[0].Instrument, default);
        await using var connection = await database.OpenConnectionAsync();
        foreach (var day in trades.Select(t => UnixTime.ToDateTime(t.TradeTimeUs).Date).Distinct())
            await ExecuteAsync(connection, $"select market.ensure_trades_day('{day:yyyy-MM-dd}')");
        await using (var copy = await connection.BeginBinaryImportAsync("copy market.trades from stdin (format binary)"))
        {
            foreach (var trade in trades)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(instrument);
                await copy.WriteAsync(trade.TradeId);
                await copy.WriteAsync(trade.LastTradeId);
                await copy.WriteAsync(trade.Price);
                await copy.WriteAsync(trade.Quantity);
                await copy.WriteAsync(UnixTime.ToDateTime(trade.TradeTimeUs), NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(UnixTime.ToDateTime(trade.EventTimeUs), NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(UnixTime.ToDateTime(trade.ReceivedTimeUs), NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(trade.IsBuyerMaker);
                await copy.WriteAsync((short)trade.Origin);
            }
            await copy.CompleteAsync();
        }
        await ExecuteAsync(connection,
            $"insert into market.coverage_ranges values ({instrument}, {trades[0].TradeId}, {trades[^1].LastTradeId})");
        return instrument;
    }

    /// <summary>Stores the candles; an existing one is replaced.</summary>
    public static async Task CandlesAsync(NpgsqlDataSource database, IEnumerable<Candle> candles)
    {
        var instruments = new InstrumentStore(database);
        await using var connection = await database.OpenConnectionAsync();
        foreach (var candle in candles)
        {
            await using var insert = new NpgsqlCommand("""
                insert into market.candles (instrument_id, interval_s, open_time, open, high, low, close, volume, quote_volume, trade_count,
                    taker_buy_volume, taker_buy_quote_volume, first_trade_id, last_trade_id, state, revision, version, complete)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
                on conflict (instrument_id, interval_s, open_time) do update set
                    close = excluded.close, high = excluded.high, low = excluded.low, volume = excluded.volume,
                    state = excluded.state, revision = excluded.revision, version = excluded.version
                """, connection);
            object?[] values =
            [
                await instruments.GetOrCreateAsync(candle.Instrument, default), (int)(candle.Interval.LengthUs / 1_000_000),
                UnixTime.ToDateTime(candle.OpenTimeUs), candle.Open, candle.High, candle.Low, candle.Close, candle.Volume,
                candle.QuoteVolume, candle.TradeCount, candle.TakerBuyVolume, candle.TakerBuyQuoteVolume, candle.FirstTradeId,
                candle.LastTradeId, (short)candle.State, candle.Revision, candle.Version, candle.Complete,
            ];
            foreach (var value in values) insert.Parameters.AddWithValue(value ?? DBNull.Value);
            await insert.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Stores a settled state that another took the place of.</summary>
    public static Task RevisionAsync(TestPostgres database, int id, Candle candle)
    {
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        CandleJson.Write(json, candle);
        return database.ExecuteAsync($"""
            insert into market.candle_revisions (instrument_id, interval_s, open_time, revision, candle) values (
                {id}, {candle.Interval.LengthUs / 1_000_000}, '{UnixTime.ToRfc3339(candle.OpenTimeUs)}', {candle.Revision},
                '{System.Text.Encoding.UTF8.GetString(json.WrittenSpan)}')
            """);
    }

    /// <summary>Stores sentiment, news, alerts, analytics and a comparison, as the other roles write them.</summary>
    public static Task ContextAsync(TestPostgres database, int id) => database.ExecuteAsync($$"""
            insert into market.sentiment (index_name, timestamp_utc, value, classification, source) values
                ('fear-greed', '2024-08-08', 17, 'Extreme Fear', 'alternative.me'), ('fear-greed', '2024-08-09', 20, 'Extreme Fear', 'alternative.me');
            insert into market.news (item_id, source, title, link, published_at, creators, categories) values
                ('a', 'feed', 'Older', null, '2024-08-09 00:00+00', '{}', '{}'),
                ('b', 'feed', 'Newer <b>', 'https://example.org/b', '2024-08-09 00:01+00', '{"A. B."}', '{"markets"}');
            insert into market.alerts (instrument_id, symbol, kind, severity, message, evidence, market_time, sighting) values
                ({{id}}, 'BTCUSDT', 'volume-spike', 'warning', 'first', '{"times": 7}', '2024-08-09 00:02+00', 's1'),
                (null, '', 'stale-feed', 'info', 'second', '{}', '2024-08-09 00:03+00', 's2');
            insert into market.indicators (instrument_id, interval_s, open_time, rsi_14) values ({{id}}, 60, '2024-08-09 00:01+00', 55.5);
            insert into market.moving_averages (instrument_id, symbol, start_time, end_time, average, sma_5, candle_version)
                values ({{id}}, 'BTCUSDT', '2024-08-09 00:01+00', '2024-08-09 00:02+00', 61685.123456789012, 61000.5, 1);
            insert into market.reconciliations (instrument_id, interval_s, from_time, to_time, compared, equal, not_covered, score, differences)
                values ({{id}}, 60, '2024-08-09 00:00+00', '2024-08-09 00:05+00', 5, 4, 0, 0.8, '[{"field": "close"}]');
            insert into market.feeds (feed, topic, expected_every, stale_after, last_success_at, last_event_at, last_failure_at, last_failure) values
                ('coingecko', 'crypto.prices.raw', '5 min', '15 min', now() - interval '20 min', '2024-08-09', now(), 'the source answers 503'),
                ('fear-greed', 'crypto.sentiment', '15 min', '2 days', now() - interval '1 min', '2024-08-09', null, null),
                ('rss:never', 'crypto.news', '0.5 s', '1.5 s', null, null, null, null)
            """);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
