using System.Diagnostics;
using System.Globalization;
using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Postgres.Local;
using Crypto.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Bench.Storage;

/// <summary>
/// Trades stored per second from a filled topic to committed rows, ledger and offsets included, beside <c>psql \copy</c> of the
/// same rows into the same empty, partitioned, indexed table. Server and broker run on this machine, fsync is on.
/// </summary>
internal sealed class StorageBenchmark : IBenchmark
{
    private const int Partitions = 12;

    public string Name => "storage";

    public string Description => "trades stored per second from a filled topic, beside psql \\copy of the same rows  [count]";

    public bool IsPartOfPipeline => true;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var count = arguments.Count > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1_000_000;
        report.Heading($"Storage: {count:N0} trades of five symbols in {Partitions} partitions, PostgreSQL with fsync on");
        var folder = Path.Combine(Path.GetTempPath(), $"crypto-bench-storage-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            await using var postgres = await LocalPostgres.StartAsync(
                new LocalPostgresOptions { Folder = Path.Combine(folder, "postgres") }, NullLogger.Instance, cancellation);
            await using var broker = await EmbeddedKafkaBroker.StartAsync(
                new EmbeddedKafkaOptions { Port = 0, DataFolder = Path.Combine(folder, "kafka") }, NullLoggerFactory.Instance, cancellation);
            await using var dataSource = NpgsqlDataSource.Create(postgres.ConnectionString);
            await SchemaMigrator.MigrateAsync(dataSource, cancellation);
            await MeasureAsync(report, count, broker.BootstrapServers, dataSource, new PsqlCopy(postgres.ConnectionString, folder), cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(
        BenchReport report, int count, string bootstrapServers, NpgsqlDataSource dataSource, PsqlCopy psql, CancellationToken cancellation)
    {
        var kafka = new KafkaOptions { BootstrapServers = bootstrapServers, TradePartitions = Partitions };
        using var topics = new KafkaTopics(Options.Create(kafka), NullLogger<KafkaTopics>.Instance);
        await topics.EnsureAsync(cancellation);
        using (var producer = KafkaClients.BuildProducer(kafka, NullLoggerFactory.Instance))
        {
            TradeLoad.Fill(producer, count);
            // Small and first, so that neither side pays for compilation and cold files.
            await StoreAsync(kafka, topics, dataSource, producer, count, cancellation);
        }
        await psql.ExportAsync(dataSource, cancellation);
        var store = new List<double>();
        var copy = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            await EmptyAsync(dataSource, cancellation);
            using (var producer = KafkaClients.BuildProducer(kafka, NullLoggerFactory.Instance))
                store.Add(await StoreAsync(kafka, topics, dataSource, producer, count, cancellation));
            await EmptyAsync(dataSource, cancellation);
            copy.Add(await psql.ImportAsync(cancellation));
        }
        var (stored, copied) = (Median(store), Median(copy));
        report.Figure("trades stored, topic to committed rows", stored, "trades/s (median of 3)");
        report.Figure("psql \\copy of the same rows", copied, "rows/s (median of 3)");
        report.Goal("ratio", stored / copied, "of \\copy", 0.5);
    }

    /// <summary>The rate from the assignment to the last commit.</summary>
    internal static async Task<double> StoreAsync(
        KafkaOptions kafka, KafkaTopics topics, NpgsqlDataSource dataSource, Confluent.Kafka.IProducer<byte[], byte[]> producer, int count,
        CancellationToken cancellation)
    {
        using var metrics = new StorageMetrics();
        var handler = new TradeBatchHandler(dataSource, new InstrumentStore(dataSource),
            new DeadLetters(producer, NullLogger<DeadLetters>.Instance), metrics, TimeProvider.System, NullLogger<TradeBatchHandler>.Instance);
        var options = new BatchConsumerOptions { Name = "bench", Group = "bench", Topics = [Topics.Trades, Topics.Coverage] };
        using var consumer = new BatchConsumer(options, kafka, topics, handler, TimeProvider.System, NullLogger.Instance);
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

    /// <summary>As a fresh store, with the day's partition there; CHECKPOINT, so that nobody pays for another's pages.</summary>
    private static async Task EmptyAsync(NpgsqlDataSource dataSource, CancellationToken cancellation)
    {
        await using var empty = dataSource.CreateCommand("""
            truncate market.trades, market.stream_offsets, market.coverage_ranges;
            update market.instruments set high_water = -1;
            """);
        await empty.ExecuteNonQueryAsync(cancellation);
        await using var checkpoint = dataSource.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync(cancellation);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
