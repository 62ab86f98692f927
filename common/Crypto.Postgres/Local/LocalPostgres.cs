using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Postgres.Local;

/// <summary>
/// A PostgreSQL server on loopback that we initialise, start and stop. One that a killed predecessor left running is
/// adopted. Passwords are scram-hashed; the generated one lies in the folder, mode 0600.
/// </summary>
public sealed partial class LocalPostgres : IAsyncDisposable
{
    private readonly LocalPostgresOptions _options;
    private readonly ILogger _logger;
    private readonly string _bin;
    private readonly string _cluster;

    private LocalPostgres(LocalPostgresOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _bin = options.BinFolder ?? PostgresBinaries.Locate();
        _cluster = Path.Combine(options.Folder, "cluster");
    }

    public int Port { get; private set; }

    /// <summary>True where the server was already running when we came.</summary>
    public bool Adopted { get; private set; }

    public string ConnectionString { get; private set; } = "";

    /// <summary>True while the server process lives.</summary>
    public bool IsRunning => Postmaster.Find(_cluster) is not null;

    /// <summary>Initialises the cluster if there is none, and starts or adopts its server.</summary>
    /// <exception cref="LocalPostgresException">It cannot be started; the message says what to do.</exception>
    public static async Task<LocalPostgres> StartAsync(
        LocalPostgresOptions options, ILogger logger, CancellationToken cancellation)
    {
        var server = new LocalPostgres(options, logger);
        await server.StartAsync(cancellation).ConfigureAwait(false);
        return server;
    }

    /// <summary>Starts the server again after it died.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_options.Folder);
        var password = await PasswordAsync(cancellation).ConfigureAwait(false);
        if (!File.Exists(Path.Combine(_cluster, "PG_VERSION"))) await InitialiseAsync(password, cancellation).ConfigureAwait(false);
        if (Postmaster.Find(_cluster) is { } running && (_options.Port == 0 || running.Port == _options.Port))
        {
            Adopted = true;
            Port = running.Port;
            Log.Adopted(_logger, running.ProcessId, running.Port);
        }
        else
        {
            if (Postmaster.Find(_cluster) is not null) await StopServerAsync(cancellation).ConfigureAwait(false);
            // Started again, it stays where its clients look for it.
            if (Port == 0) Port = _options.Port == 0 ? FreePort() : _options.Port;
            await LaunchAsync(cancellation).ConfigureAwait(false);
        }
        ConnectionString = ConnectionTo(_options.Database, password);
        await EnsureDatabaseAsync(password, cancellation).ConfigureAwait(false);
    }

    /// <summary>Stops the server: open transactions are rolled back, everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        if (IsRunning) await StopServerAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<string> PasswordAsync(CancellationToken cancellation)
    {
        var file = Path.Combine(_options.Folder, "password");
        if (File.Exists(file)) return (await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false)).Trim();
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        await WriteSecretAsync(file, password, cancellation).ConfigureAwait(false);
        return password;
    }

    private static async Task WriteSecretAsync(string file, string text, CancellationToken cancellation)
    {
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, create);
        await writer.WriteLineAsync(text.AsMemory(), cancellation).ConfigureAwait(false);
    }

    private async Task InitialiseAsync(string password, CancellationToken cancellation)
    {
        Log.Initialising(_logger, _cluster);
        // A half-made cluster (killed during initdb) has no PG_VERSION of use; initdb wants an empty folder.
        if (Directory.Exists(_cluster)) Directory.Delete(_cluster, recursive: true);
        var handover = Path.Combine(_options.Folder, "initdb");
        await ServerAccount.OwnAsync(_cluster, cancellation).ConfigureAwait(false);
        Directory.CreateDirectory(handover);
        await WriteSecretAsync(Path.Combine(handover, "password"), password, cancellation).ConfigureAwait(false);
        await ServerAccount.OwnAsync(handover, cancellation).ConfigureAwait(false);
        try
        {
            await ServerAccount.RequireAsync(await ServerAccount.RunAsync(PostgresBinaries.Program(_bin, "initdb"),
            [
                "--pgdata", _cluster, "--username", _options.User, "--pwfile", Path.Combine(handover, "password"),
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-instructions",
            ], cancellation).ConfigureAwait(false), "initdb failed").ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(handover, recursive: true);
        }
    }

    private async Task LaunchAsync(CancellationToken cancellation)
    {
        var settings = new Dictionary<string, string>(_options.Settings)
        {
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["listen_addresses"] = "127.0.0.1",
            ["unix_socket_directories"] = "",
        };
        settings.TryAdd("max_wal_size", "2GB");
        settings.TryAdd("shared_buffers", "256MB");
        settings.TryAdd("jit", "off");
        settings.TryAdd("log_line_prefix", "%m ");
        var arguments = string.Join(' ', settings.Select(s => $"-c {s.Key}='{s.Value}'"));
        var log = Path.Combine(_cluster, "server.log");
        var result = await ServerAccount.RunAsync(PostgresBinaries.Program(_bin, "pg_ctl"),
            ["start", "--pgdata", _cluster, "--log", log, "--wait", "--timeout", "60", "--silent", "--options", arguments],
            cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0) throw new LocalPostgresException(Explain(log));
        Log.Started(_logger, Port);
    }

    private string Explain(string log)
    {
        var lines = File.Exists(log) ? File.ReadLines(log).TakeLast(20).ToList() : [];
        if (lines.Exists(line => line.Contains("Address already in use", StringComparison.Ordinal)))
            return $"port {Port} is in use, so PostgreSQL cannot listen there: choose another with --postgres-port";
        var reason = lines.LastOrDefault(line => line.Contains("FATAL", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "no log";
        return $"PostgreSQL did not start ({reason}); its log is {log}";
    }

    private async Task StopServerAsync(CancellationToken cancellation)
    {
        var result = await ServerAccount.RunAsync(PostgresBinaries.Program(_bin, "pg_ctl"),
            ["stop", "--pgdata", _cluster, "--mode", "fast", "--wait", "--silent"], cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0) Log.NotStopped(_logger, result.Output.Trim());
        else Log.Stopped(_logger);
    }

    private async Task EnsureDatabaseAsync(string password, CancellationToken cancellation)
    {
        await using var dataSource = NpgsqlDataSource.Create(ConnectionTo("postgres", password));
        var giveUp = TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            try
            {
                await using var exists = dataSource.CreateCommand("select 1 from pg_database where datname = $1");
                exists.Parameters.AddWithValue(_options.Database);
                if (await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not null) return;
                await using var create = dataSource.CreateCommand($"create database \"{_options.Database}\"");
                await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
            {
                return; // Whoever started us made it meanwhile.
            }
            catch (NpgsqlException e) when (e.IsTransient && TimeProvider.System.GetTimestamp() < giveUp)
            {
                // An adopted server may still be starting up or recovering.
                await Task.Delay(100, cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                throw new LocalPostgresException($"PostgreSQL on port {Port} refuses us: {e.Message}", e);
            }
        }
    }

    private string ConnectionTo(string database, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = _options.User,
        Password = password,
        Database = database,
    }.ConnectionString;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Initialising a PostgreSQL cluster in {Folder}")]
        public static partial void Initialising(ILogger logger, string folder);

        [LoggerMessage(LogLevel.Information, "PostgreSQL listens on 127.0.0.1:{Port}")]
        public static partial void Started(ILogger logger, int port);

        [LoggerMessage(LogLevel.Information, "Adopted the PostgreSQL server (process {ProcessId}) that is running on port {Port}")]
        public static partial void Adopted(ILogger logger, int processId, int port);

        [LoggerMessage(LogLevel.Information, "PostgreSQL stopped")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(LogLevel.Error, "PostgreSQL could not be stopped: {Reason}")]
        public static partial void NotStopped(ILogger logger, string reason);
    }
}
