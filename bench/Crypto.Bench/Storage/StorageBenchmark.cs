using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Bench.Storage;

/// <summary>
/// Trades stored per second from a filled topic to committed rows, ledger and offsets included, beside <c>psql \copy</c> of the
/// same rows into the same empty, partitioned, indexed table. Server and broker run on this machine, fsync is on.
/// </summary>
internal sealed class StorageBenchmark : IBenchmark
{
    public string Name => "storage";

    public string Description => "trades stored per second from a filled topic, beside psql \\copy of the same rows  [count]";

    public bool IsPartOfPipeline => true;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var count = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        report.Heading($"Storage: {count:N0} trades of five symbols in {BenchSystem.Partitions} partitions, PostgreSQL with fsync on");
        await BenchSystem.WithAsync("storage", system => MeasureAsync(report, count, system, cancellation), cancellation);
    }

    private static async Task MeasureAsync(BenchReport report, int count, BenchSystem system, CancellationToken cancellation)
    {
        var psql = await system.FillAsync(count, cancellation);
        var store = new List<double>();
        var copy = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            await system.EmptyAsync(cancellation);
            using (var producer = KafkaClients.BuildProducer(system.Kafka, NullLoggerFactory.Instance))
                store.Add(await StoreAsync(system, producer, count, cancellation));
            await system.EmptyAsync(cancellation);
            copy.Add(await psql.ImportAsync(cancellation));
        }
        var (stored, copied) = (Median(store), Median(copy));
        report.Figure("trades stored, topic to committed rows", stored, "trades/s (median of 3)");
        report.Figure("psql \\copy of the same rows", copied, "rows/s (median of 3)");
        report.Goal("ratio", stored / copied, "of \\copy", 0.5);
    }

    /// <summary>The rate from the assignment to the last commit.</summary>
    internal static async Task<double> StoreAsync(BenchSystem system, IProducer<byte[], byte[]> producer, int count, CancellationToken cancellation)
    {
        using var metrics = new StorageMetrics();
        var handler = new TradeBatchHandler(system.DataSource, new InstrumentStore(system.DataSource),
            new DeadLetters(producer, NullLogger<DeadLetters>.Instance), metrics, TimeProvider.System, NullLogger<TradeBatchHandler>.Instance);
        var options = new BatchConsumerOptions { Name = "bench", Group = "bench", Topics = [Topics.Trades, Topics.Coverage] };
        using var consumer = new BatchConsumer(options, system.Kafka, system.Topics, handler, TimeProvider.System, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var run = consumer.RunAsync(stop.Token);
        var begin = 0L;
        while (consumer.Status.Records < count)
        {
            if (begin == 0 && consumer.Status.Partitions > 0) begin = Stopwatch.GetTimestamp();
            if (run.IsCompleted) await run;
            await Task.Delay(1, cancellation);
        }
        var rate = count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await stop.CancelAsync();
        await run;
        return rate;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
