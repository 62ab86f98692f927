using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Crypto.Bench.Query;

/// <summary>What the query benchmark asks for: ten symbols with a newest trade, and a thousand minutes of one.</summary>
internal static class QuerySeed
{
    public const string Symbol = "BTCUSDT";
    private const int UpdatesPerSecond = 100;

    public static async Task FillAsync(NpgsqlDataSource dataSource, CancellationToken cancellation)
    {
        await using var fill = dataSource.CreateCommand($"""
            select market.ensure_trades_day('2024-08-09');
            insert into market.instruments (venue, symbol) select 'binance', case n when 0 then '{Symbol}' else 'SYM' || n || 'USDT' end
                from generate_series(0, 9) n;
            insert into market.trades select instrument_id, 1, 1, 61685.99000000, 0.00017000, '2024-08-09 00:01+00', '2024-08-09 00:01+00',
                '2024-08-09 00:01+00', true, 0 from market.instruments;
            insert into market.candles (instrument_id, interval_s, open_time, open, high, low, close, volume, quote_volume, trade_count,
                    taker_buy_volume, taker_buy_quote_volume, first_trade_id, last_trade_id, state, revision, version, complete)
                select instrument_id, 60, timestamptz '2024-08-09 00:00+00' + n * interval '1 minute', 61685.99000000, 61700.01000000,
                    61600.00000000, 61650.12000000, 12.34567000, 761234.1234567890123456, 1234, 6.12345000, 380000.1234567890123456,
                    n * 1000, n * 1000 + 999, 2, 0, 1, true
                from market.instruments, generate_series(0, 999) n where symbol = '{Symbol}'
            """);
        await fill.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Publishes states of the newest candle while the other side asks for it; returns when the input ends.</summary>
    public static async Task PublishOnDemandAsync(KafkaOptions kafka, CancellationToken cancellation)
    {
        using var producer = KafkaClients.BuildProducer(kafka, NullLoggerFactory.Instance);
        CancellationTokenSource? publishing = null;
        var publisher = Task.CompletedTask;
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            if (publishing is not null) await publishing.CancelAsync();
            await publisher;
            publishing = line == "publish" ? CancellationTokenSource.CreateLinkedTokenSource(cancellation) : null;
            publisher = publishing is { } source ? PublishAsync(producer, source.Token) : Task.CompletedTask;
        }
    }

    private static async Task PublishAsync(IProducer<byte[], byte[]> producer, CancellationToken stop)
    {
        var candle = new Candle(new Instrument(Venues.Binance, Symbol), Interval.OneMinute, UnixTime.ToMicroseconds(new DateTime(2024, 8, 9, 16, 39, 0, DateTimeKind.Utc)),
            61685.99000000m, 61700.01000000m, 61600.00000000m, 61650.12000000m, 12.34567000m, 761234.1234567890123456m, 1234, 6.12345000m,
            380000.1234567890123456m, 999_000, 999_999, CandleState.Live, 0, 1, true);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / UpdatesPerSecond));
        var value = new ArrayBufferWriter<byte>();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                value.ResetWrittenCount();
                CandleJson.Write(value, candle with { Version = UnixTime.NowMicroseconds(TimeProvider.System) });
                producer.Produce(Topics.Candles, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(candle.Key), Value = value.WrittenSpan.ToArray() });
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            producer.Flush(TimeSpan.FromSeconds(5));
        }
    }
}
