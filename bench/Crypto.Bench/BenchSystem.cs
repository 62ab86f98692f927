using Crypto.Bench.Storage;
using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Postgres.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Bench;

/// <summary>The broker and the database that a benchmark runs on, both of its own, with fsync on.</summary>
internal sealed record BenchSystem(string Folder, string ConnectionString, NpgsqlDataSource DataSource, KafkaOptions Kafka, KafkaTopics Topics)
{
    /// <summary>Partitions of <c>crypto.trades</c>, as by default.</summary>
    public const int Partitions = 12;

    /// <summary>Measures on a system that is there only meanwhile.</summary>
    public static async Task WithAsync(string name, Func<BenchSystem, Task> measure, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"crypto-bench-{name}-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            await using var postgres = await LocalPostgres.StartAsync(
                new LocalPostgresOptions { Folder = Path.Combine(folder, "postgres") }, NullLogger.Instance, cancellation);
            await using var broker = await EmbeddedKafkaBroker.StartAsync(
                new EmbeddedKafkaOptions { Port = 0, DataFolder = Path.Combine(folder, "kafka") }, NullLoggerFactory.Instance, cancellation);
            await using var dataSource = NpgsqlDataSource.Create(postgres.ConnectionString);
            await SchemaMigrator.MigrateAsync(dataSource, cancellation);
            await new MarketSourceStore(dataSource).EnsureAsync(
                new MarketSource("recorded", Venues.Binance, "bench", MarketClock.Original), cancellation);
            var kafka = new KafkaOptions { BootstrapServers = broker.BootstrapServers, TradePartitions = Partitions };
            using var topics = new KafkaTopics(Options.Create(kafka), NullLogger<KafkaTopics>.Instance);
            await topics.EnsureAsync(cancellation);
            await measure(new BenchSystem(folder, postgres.ConnectionString, dataSource, kafka, topics));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Fills the topic with so many trades and stores them once, so that neither side pays for compilation and cold files: the rows
    /// are what psql copies, the yardstick.
    /// </summary>
    public async Task<PsqlCopy> FillAsync(int count, CancellationToken cancellation)
    {
        using (var producer = KafkaClients.BuildProducer(Kafka, NullLoggerFactory.Instance))
        {
            TradeLoad.Fill(producer, count);
            await StorageBenchmark.StoreAsync(this, producer, count, cancellation);
        }
        var psql = new PsqlCopy(ConnectionString, Folder);
        await psql.ExportAsync(DataSource, cancellation);
        return psql;
    }

    /// <summary>As a fresh store, with the day's partition there; CHECKPOINT, so that nobody pays for another's pages.</summary>
    public async Task EmptyAsync(CancellationToken cancellation)
    {
        await using var empty = DataSource.CreateCommand("""
            truncate market.trades, market.stream_offsets, market.coverage_ranges, market.candles, market.aggregated_ranges,
                market.aggregated_instruments, market.indicators, market.moving_averages, market.forecasts, market.forecast_scores;
            update market.instruments set high_water = -1;
            """);
        await empty.ExecuteNonQueryAsync(cancellation);
        await using var checkpoint = DataSource.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync(cancellation);
    }
}
