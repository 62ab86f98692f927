using Confluent.Kafka;
using Crypto.Aggregation.Analytics.Signals;
using Crypto.Aggregation.Replaying;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;

namespace Crypto.Aggregation.Tests.Live;

/// <summary>From trades to <c>crypto.signals</c> and <c>crypto.alerts</c>, and the same rebuilt from the log.</summary>
public class SignalTests
{
    private const long Hour = 3_600_000_000;

    [Fact]
    public async Task Closed_candles_become_signals_a_spike_becomes_an_alert_and_the_log_gives_the_same_again()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var postgres = await TestPostgres.CreateAsync();
        await new MarketSourceStore(postgres.DataSource).EnsureAsync(
            new MarketSource("recorded", Venues.Binance, "test", MarketClock.Original), default);
        var trades = RandomTrades.Make(91, 3_000, meanStepUs: 4_000_000, aggregates: 0);
        // Two minutes before the end, a hundred times of what all the others have together.
        var at = trades.FindIndex(t => t.TradeTimeUs > trades[^1].TradeTimeUs - 120_000_000);
        trades[at] = trades[at] with { Quantity = trades.Sum(t => t.Quantity) };
        // There is no storage here that a late trade could be computed anew from.
        await using var host = await AggregationHost.StartAsync(broker, postgres, settings: ("Aggregation:AllowedLateness", "06:00:00"));
        AggregationHost.Publish(host.Get<IProducer<byte[], byte[]>>(), RandomTrades.Disturb(trades, 92));
        await Eventually.IsTrueAsync(async () =>
            await postgres.ScalarAsync<long>("select coalesce(sum(trade_count), 0)::bigint from market.candles where interval_s = 60") == trades.Count
            && await postgres.ScalarAsync<long>("""
                select count(*) from market.candles c left join market.indicators i using (instrument_id, interval_s, open_time)
                where c.state > 0 and c.interval_s >= 60 and (i.candle_version is distinct from c.version or not i.published)
                """) == 0
            && await postgres.ScalarAsync<long>("select count(*) from market.alerts where not published") == 0,
            "every closed candle's signal published", TimeSpan.FromSeconds(90));

        // It would publish them again at once.
        await host.DisposeAsync();
        var instrument = RandomTrades.Btcusdt;
        await postgres.ExecuteAsync("update market.indicators set published = false");
        var stored = await new SignalStore(postgres.DataSource).UnpublishedAsync(1, instrument, default);
        var published = Read(broker, Topics.Signals).Select(value => SignalJson.Read(value))
            .GroupBy(s => (s.Interval, s.OpenTimeUs)).ToDictionary(g => g.Key, g => g.Last(s => s.CandleVersion == g.Max(other => other.CandleVersion)));
        Assert.Equal(stored.Count, published.Count);
        Assert.All(stored, signal => Assert.Equal(signal.Indicators, published[(signal.Interval, signal.OpenTimeUs)].Indicators));
        Assert.Contains(published.Values.SelectMany(s => s.Anomalies), anomaly => anomaly.Kind == "volume-spike");
        var alert = Assert.Single(Read(broker, Topics.Alerts).Select(value => AlertJson.Read(value)).DistinctBy(a => a.Id), a => a.Kind == "volume-spike");
        Assert.Equal("critical", alert.Severity);
        Assert.Contains("median", alert.Evidence);

        await AssertRebuiltAsync(broker, postgres, trades.Count);
    }

    // Byte for byte; and a trade that the log never had is missed.
    private static async Task AssertRebuiltAsync(TestBroker broker, TestPostgres postgres, int trades)
    {
        var log = new LoggedTrades(new KafkaOptions { BootstrapServers = broker.BootstrapServers }, postgres.DataSource);
        var store = new ReplayStore(postgres.DataSource);
        var replay = new CandleReplay(log, store, await store.IntervalsAsync(default));
        var (fromUs, toUs) = (RandomTrades.StartUs - (24 * Hour), RandomTrades.StartUs + (48 * Hour));
        var rebuilt = await replay.RunAsync(1, RandomTrades.Btcusdt, fromUs, toUs, default);
        Assert.Empty(rebuilt.Differences);
        Assert.Equal((trades, 0), (rebuilt.Trades, rebuilt.NotCovered));
        Assert.True(rebuilt.SignalsCompared > 100);
        Assert.Contains(rebuilt.Alerts, alert => alert.Kind == "volume-spike");
        Assert.NotEmpty(rebuilt.Signals);

        await store.WriteAsync("rebuilt", 1, rebuilt, default);
        Assert.Equal(rebuilt.Signals.Count, (int)await postgres.ScalarAsync<long>("select count(*) from rebuilt.signals"));
        await postgres.ExecuteAsync("update market.candles set high = high + 1 where interval_s = 300 and open_time = (select max(open_time) from market.candles where trade_count > 0 and interval_s = 300)");
        Assert.Equal(['+', '-'], (await replay.RunAsync(1, RandomTrades.Btcusdt, fromUs, toUs, default)).Differences.Select(line => line[0]));
    }

    private static List<byte[]> Read(TestBroker broker, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = Guid.NewGuid().ToString(),
            EnablePartitionEof = true,
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, Offset.Beginning));
        var values = new List<byte[]>();
        while (true)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"{topic} cannot be read");
            if (record.IsPartitionEOF) return values;
            values.Add(record.Message.Value);
        }
    }
}
