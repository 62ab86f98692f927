using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.MarketReplay;
using Crypto.Postgres.Local;
using Crypto.Standalone.Commands;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Standalone.Hosting;

/// <summary>What the services need and this process provides: the recorded exchange, the broker and the database.</summary>
internal sealed class Infrastructure : IAsyncDisposable
{
    private readonly UpOptions _options;

    private Infrastructure(UpOptions options) => _options = options;

    public MarketReplayServer? Market { get; private set; }

    public EmbeddedKafkaBroker? Kafka { get; private set; }

    public LocalPostgres? Postgres { get; private set; }

    /// <summary>Where the exchange is; null for the venue's own address.</summary>
    public string? MarketUrl =>
        Market?.Url ?? _options.MarketUrl ?? (_options.Recorded ? $"http://127.0.0.1:{_options.MarketPort}" : null);

    public string KafkaBootstrap =>
        Kafka?.BootstrapServers ?? _options.KafkaBootstrap ?? $"127.0.0.1:{_options.KafkaPort}";

    /// <summary>
    /// Starts the parts that the roles ask for: first the exchange, whose clock a restart must not keep waiting. The database,
    /// which takes longest, is another process and starts beside them.
    /// </summary>
    public static async Task<Infrastructure> StartAsync(
        UpOptions options, DataFolder data, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var infrastructure = new Infrastructure(options);
        var postgres = options.RunsPostgres ? StartPostgresAsync(options, data, loggers, cancellation) : null;
        try
        {
            if (options.RunsMarket) infrastructure.Market = await StartMarketAsync(options, loggers, cancellation);
            if (options.RunsKafka) infrastructure.Kafka = await StartKafkaAsync(options, data, loggers, cancellation);
            if (postgres is not null) infrastructure.Postgres = await postgres;
            return infrastructure;
        }
        catch
        {
            // A server that is starting must be waited for, or it would outlive us; what failed first is thrown.
            if (postgres is not null && await Task.WhenAny(postgres) is { IsCompletedSuccessfully: true }) infrastructure.Postgres = await postgres;
            await infrastructure.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string: our server's, the one given, or that of a process that shares the data folder.</summary>
    /// <exception cref="UsageException">There is no server to connect to.</exception>
    public string PostgresConnection(DataFolder data)
    {
        if (Postgres is not null) return Postgres.ConnectionString;
        if (_options.Postgres is not null) return _options.Postgres;
        var password = Path.Combine(data.Postgres, "password");
        if (!File.Exists(password))
            throw new UsageException($"no database: {data.Path} has none yet, so start a process with the role postgres first, or name one with --postgres");
        return new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _options.PostgresPort,
            Username = "crypto",
            Password = File.ReadAllText(password).Trim(),
            Database = "marketdata",
        }.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (Market is not null) await Market.DisposeAsync();
        if (Kafka is not null) await Kafka.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
    }

    private static Task<LocalPostgres> StartPostgresAsync(
        UpOptions options, DataFolder data, ILoggerFactory loggers, CancellationToken cancellation) => LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = data.Postgres, Port = options.PostgresPort }, loggers.CreateLogger("Crypto.Postgres"), cancellation);

    private static Task<MarketReplayServer> StartMarketAsync(UpOptions options, ILoggerFactory loggers, CancellationToken cancellation) =>
        MarketReplayServer.StartAsync(new MarketReplayOptions
        {
            Port = options.MarketPort,
            Recordings = options.Recordings,
            Speed = options.Speed,
            Clock = options.Clock,
            Loop = options.Loop,
            Scenario = options.Scenario,
            Venue = options.Venue,
            Symbols = options.Symbols,
        }, loggers, cancellation);

    private static Task<EmbeddedKafkaBroker> StartKafkaAsync(
        UpOptions options, DataFolder data, ILoggerFactory loggers, CancellationToken cancellation) =>
        EmbeddedKafkaBroker.StartAsync(new EmbeddedKafkaOptions
        {
            Port = options.KafkaPort,
            DataFolder = data.Kafka,
            Flush = options.KafkaFlushAlways ? FlushMode.Always : FlushMode.Never,
            // A client that is quicker than the one that makes the topics would have them made with one partition.
            Topics = [.. TopicSpec.All().Select(topic => new EmbeddedTopic(topic.Name, topic.Partitions, topic.Settings))],
        }, loggers, cancellation);
}
