using System.Diagnostics;
using Crypto.Bench.Storage;
using Crypto.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Bench.Aggregate;

/// <summary>How soon a process that was killed on a large store has a candle with a trade that came meanwhile.</summary>
internal static class RestartBenchmark
{
    private const int Symbols = 5;
    private const int Slice = 1_000_000;

    public static async Task MeasureAsync(BenchReport report, int stored, BenchSystem system, CancellationToken cancellation)
    {
        report.Heading($"Restart: {stored:N0} trades stored and in candles of seven intervals; the role's process killed");
        using var producer = KafkaClients.BuildProducer(system.Kafka, NullLoggerFactory.Instance);
        for (var first = 0; first < stored; first += Slice) TradeLoad.Fill(producer, Math.Min(Slice, stored - first), first);
        var storing = StorageBenchmark.StoreAsync(system, producer, stored, cancellation);
        await using (var role = await AggregationRole.StartAsync(system, cancellation))
        {
            var begin = Stopwatch.GetTimestamp();
            await role.UntilFoldedAsync(stored, cancellation);
            await storing;
            report.Figure("trades stored and aggregated at once", stored / Stopwatch.GetElapsedTime(begin).TotalSeconds, "trades/s");
        }
        using (RoleProcess.Start(system)) await UntilServedAsync(system, producer, stored, cancellation);
        // One of each symbol while nobody reads, and the time from the start of the program to their committed candles.
        TradeLoad.Fill(producer, Symbols, stored + Symbols);
        var started = Stopwatch.GetTimestamp();
        using var again = RoleProcess.Start(system);
        await UntilCommittedAsync(system, stored + (2 * Symbols), cancellation);
        report.Goal("program start to first live candle", Stopwatch.GetElapsedTime(started).TotalSeconds, "s", 5, atMost: true);
    }

    private static async Task UntilServedAsync(BenchSystem system, Confluent.Kafka.IProducer<byte[], byte[]> producer, int stored, CancellationToken cancellation)
    {
        TradeLoad.Fill(producer, Symbols, stored);
        await UntilCommittedAsync(system, stored + Symbols, cancellation);
    }

    // The day's candle of every symbol counts all of its trades.
    private static async Task UntilCommittedAsync(BenchSystem system, long trades, CancellationToken cancellation)
    {
        while (true)
        {
            await using var select = system.DataSource.CreateCommand("""
                select coalesce(sum(trade_count), 0)::bigint from market.candles where interval_s = 86400
                """);
            if ((long)(await select.ExecuteScalarAsync(cancellation))! >= trades) return;
            await Task.Delay(5, cancellation);
        }
    }
}
