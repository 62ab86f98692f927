using System.Diagnostics;
using Confluent.Kafka;
using Crypto.Aggregation.Publishing;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Tests.Publishing;

public sealed class CandlePublisherTests
{
    private const int Candles = 300;

    [Fact]
    public async Task While_the_broker_is_away_candles_are_sent_again_and_the_log_has_a_counted_line_in_ten_seconds()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.StopAsync();
        var log = new LogLines();
        using var metrics = new AggregationMetrics();
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = broker.BootstrapServers, MessageTimeoutMs = 1000, ReconnectBackoffMaxMs = 100 })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
        using var publisher = new CandlePublisher(producer, metrics, log.For<CandlePublisher>());
        await publisher.StartAsync(CancellationToken.None);
        long started = Stopwatch.GetTimestamp();
        publisher.Enqueue([.. Enumerable.Range(0, Candles).Select(CandleOf)]);
        await Eventually.IsTrueAsync(() => log.All.Count > 0);

        await broker.StartAgainAsync();
        var delivered = new HashSet<CandleKey>();
        await Eventually.IsTrueAsync(() =>
        {
            delivered.UnionWith(publisher.TakeDelivered().Keys);
            return delivered.Count == Candles;
        });
        await publisher.StopAsync(CancellationToken.None);

        var lines = log.All;
        Assert.Equal("Kafka did not take 1 candles, the last of crypto.candles: Local: Message timed out. They are sent again", lines[0].Message);
        Assert.Matches("^Kafka takes candles again; [0-9]+ were not taken$", lines[^1].Message);
        // Every candle failed at least once; there may be several troubles, each with a line more at its beginning and end.
        int errors = lines.Count(line => line.Level == LogLevel.Error), ends = lines.Count - errors;
        Assert.True(errors <= ends + (Stopwatch.GetElapsedTime(started) / DeliveryFailures.Interval), $"{errors} lines of trouble, {ends} of its end");
    }

    private static Candle CandleOf(int number) => new(
        new Instrument("binance", "BTCUSDT"), Interval.All[0], number * Interval.All[0].LengthUs, 1, 1, 1, 1, 1, 1, 1, 1, 1, number, number,
        CandleState.Final, 0, number + 1, Complete: true);
}
