using System.Diagnostics;
using Crypto.Contracts;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Scenarios;
using Crypto.Postgres;
using Crypto.Postgres.Local;
using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Standalone.Chaos;

/// <summary>How a seed ended.</summary>
/// <param name="Line">One line to print.</param>
/// <param name="Failure">What was wrong, or null.</param>
/// <param name="Scenario">The scenario as JSON.</param>
internal sealed record ChaosOutcome(string Line, string? Failure, string Scenario);

/// <summary>
/// Runs the pipeline, whole and in this process, against a bad day of the exchange: a new broker, a new database and a
/// new exchange for every seed, on one PostgreSQL server. Afterwards the store must equal the recording.
/// </summary>
internal sealed class ChaosLaboratory : IAsyncDisposable
{
    private const string Template = "chaos_template";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private readonly string _folder;
    private readonly LocalPostgres _postgres;
    private readonly NpgsqlDataSource _server;
    private readonly ChaosRecording _recording;
    private readonly RecordedTruth _truth;
    private readonly TimeSpan _timeout;
    private readonly bool _verbose;

    private ChaosLaboratory(string folder, LocalPostgres postgres, ChaosRecording recording, TimeSpan timeout, bool verbose)
    {
        (_folder, _postgres, _recording, _timeout, _verbose) = (folder, postgres, recording, timeout, verbose);
        _server = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "postgres" });
        _truth = RecordedTruth.Of([.. recording.Files.Select(f => new RecordingFile(f))], Venues.Binance);
    }

    public static async Task<ChaosLaboratory> StartAsync(TimeSpan timeout, bool verbose, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"crypto-chaos-{Environment.ProcessId}");
        using var loggers = LoggerFactory.Create(log => log.SetMinimumLevel(LogLevel.None));
        var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions
            {
                Folder = Path.Combine(folder, "postgres"),
                // Thrown away at the end; what a power cut does is not what is asked here.
                Settings = new Dictionary<string, string> { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "500" },
                Database = Template,
            },
            loggers.CreateLogger("Crypto.Postgres"), cancellation);
        // Migrated once; every seed gets a copy.
        await using (var template = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Pooling = false }))
            await SchemaMigrator.MigrateAsync(template, cancellation);
        return new ChaosLaboratory(folder, postgres, ChaosRecording.Cut(folder), timeout, verbose);
    }

    /// <summary>Plays one seed to its end and compares.</summary>
    public async Task<ChaosOutcome> PlayAsync(int seed, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var scenario = Scenario.Load($"{seed}", _truth.Frames);
        var check = new ChaosCheck(_truth, await CreateDatabaseAsync(seed, cancellation));
        var failure = await RunAsync(seed, check, cancellation);
        // With its connections, which the services' pools would keep for minutes.
        await ExecuteAsync($"drop database chaos_{seed} with (force)", cancellation);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var faults = string.Join(' ', scenario.Faults.GroupBy(f => f.Kind).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));
        var line = failure is null
            ? $"seed {seed,4}  passed in {seconds,5:0.0} s  {check.Gaps,3} gaps  {faults}"
            : $"seed {seed,4}  FAILED in {seconds,5:0.0} s  {failure}";
        return new ChaosOutcome(line, failure, scenario.ToJson());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string?> RunAsync(int seed, ChaosCheck check, CancellationToken cancellation)
    {
        var options = OptionsFor(seed, check.ConnectionString);
        using var data = DataFolder.Open(options.DataFolder, []);
        using var loggers = LoggerFactory.Create(log =>
        {
            if (_verbose) ReadableConsole.Configure(log);
            else log.SetMinimumLevel(LogLevel.None);
        });
        string? failure;
        await using (check)
        await using (var infrastructure = await Infrastructure.StartAsync(options, data, loggers, cancellation))
        await using (var app = await ServiceHost.BuildAsync(options, data, infrastructure, telemetry: null, cancellation))
        {
            await app.StartAsync(cancellation);
            failure = await UntilTrueAsync(infrastructure.Market!, check, cancellation);
            await app.StopAsync(cancellation);
        }
        Directory.Delete(options.DataFolder, recursive: true);
        return failure;
    }

    /// <summary>Waits until the store equals the recording; null, or what still differed when time was over.</summary>
    private async Task<string?> UntilTrueAsync(MarketReplayServer market, ChaosCheck check, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookEvery, cancellation);
            var late = Stopwatch.GetElapsedTime(started) > _timeout;
            if (market.Status.State != ReplayState.Ended)
            {
                if (late) return $"the recording has not ended: {market.Status.State} after {market.Status.FramesSent} frames";
                continue;
            }
            var difference = await check.DifferenceAsync(cancellation);
            if (difference is null || late) return difference;
        }
    }

    private UpOptions OptionsFor(int seed, string database) => new()
    {
        Recorded = true,
        Recordings = _recording.Files,
        Speed = ChaosRecording.Speed,
        Clock = MarketClock.Original,
        Loop = false,
        Scenario = $"{seed}",
        Venue = Venues.Binance,
        Symbols = [],
        DataFolder = Path.Combine(_folder, $"seed-{seed}"),
        Roles = Roles.Market | Roles.Kafka | Roles.Ingestion | Roles.Storage | Roles.Aggregation,
        HttpPort = 0,
        GrpcPort = 0,
        KafkaPort = 0,
        MarketPort = 0,
        PostgresPort = 0,
        KafkaBootstrap = null,
        MarketUrl = null,
        Postgres = database,
        RepairMax = TimeSpan.FromHours(2),
        KafkaFlushAlways = false,
        Settings = new Dictionary<string, string?>(ChaosCheck.Intervals.Select((interval, i) =>
            KeyValuePair.Create($"Aggregation:Intervals:{i}", (string?)interval.Name)))
        {
            // A day in moments: what waits for seconds in life waits for fractions of them here.
            ["Ingestion:SilenceAfter"] = "00:00:00.500",
            ["Ingestion:ReconnectPauseMin"] = "00:00:00.020",
            ["Ingestion:ReconnectPauseMax"] = "00:00:00.500",
            ["Ingestion:AuditEvery"] = "00:00:01",
            ["Feeds:Enabled"] = "false",
            ["Logging:LogLevel:Default"] = _verbose ? "Information" : "None",
        },
    };

    private async Task<string> CreateDatabaseAsync(int seed, CancellationToken cancellation)
    {
        await ExecuteAsync($"create database chaos_{seed} template {Template}", cancellation);
        return new NpgsqlConnectionStringBuilder(_postgres.ConnectionString) { Database = $"chaos_{seed}" }.ConnectionString;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = _server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
