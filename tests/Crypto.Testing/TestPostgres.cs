using System.Diagnostics;
using Crypto.Postgres;
using Crypto.Postgres.Local;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Crypto.Testing;

/// <summary>A fresh, migrated database on a PostgreSQL server that all tests of this process share.</summary>
public sealed class TestPostgres : IAsyncDisposable
{
    private const string Template = "template_migrated";
    private static readonly string FolderPrefix = Path.Combine(Path.GetTempPath(), "crypto-test-postgres-");
    private static readonly Lazy<Task<LocalPostgres>> Server = new(StartServerAsync);
    private static int _databases;

    private TestPostgres(string database, string connectionString)
    {
        Database = database;
        ConnectionString = connectionString;
        DataSource = NpgsqlDataSource.Create(connectionString);
    }

    public string Database { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource DataSource { get; }

    /// <summary>
    /// Makes a database with the platform's schema; it is dropped on dispose. Where one statement is run thousands of times,
    /// <paramref name="prepares"/> has it parsed once for each connection.
    /// </summary>
    public static Task<TestPostgres> CreateAsync(bool prepares = false) => CreateFromAsync(Template, prepares ? ";Max Auto Prepare=100" : "");

    /// <summary>Makes a database without anything in it; it is dropped on dispose.</summary>
    public static Task<TestPostgres> CreateEmptyAsync() => CreateFromAsync("template0");

    public async ValueTask DisposeAsync()
    {
        await DataSource.DisposeAsync();
        await ExecuteAsync(await Server.Value, $"drop database {Database} with (force)");
    }

    /// <summary>Runs one statement in this database and returns its first value.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        return (T?)await command.ExecuteScalarAsync();
    }

    /// <summary>Runs one statement in this database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<TestPostgres> CreateFromAsync(string template, string more = "")
    {
        var server = await Server.Value;
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        // Copying files takes a third of the time that logging each block does, while nothing is synced.
        await ExecuteAsync(server, $"create database {name} template {template} strategy file_copy");
        return new TestPostgres(name, ConnectionTo(server, name) + more);
    }

    private static async Task<LocalPostgres> StartServerAsync()
    {
        await ClearLeftoversAsync();
        var folder = FolderPrefix + Environment.ProcessId;
        var server = await LocalPostgres.StartAsync(new LocalPostgresOptions
        {
            Folder = folder,
            Port = FreePorts.Take(),
            Database = Template,
            // The server lives as long as the tests: nothing of it has to survive a power cut.
            Settings = new Dictionary<string, string> { ["fsync"] = "off", ["full_page_writes"] = "off", ["max_connections"] = "200" },
        }, NullLogger.Instance, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        await using var dataSource = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false });
        await SchemaMigrator.MigrateAsync(dataSource, CancellationToken.None);
        return server;
    }

    // A test host may be killed before it has cleaned up; the next one does it.
    private static async Task ClearLeftoversAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Path.GetFileName(FolderPrefix) + "*"))
        {
            var owner = int.Parse(folder[FolderPrefix.Length..], provider: null);
            if (Process.GetProcesses().Any(process => process.Id == owner)) continue;
            try
            {
                await using (await LocalPostgres.StartAsync(
                    new LocalPostgresOptions { Folder = folder, Database = Template }, NullLogger.Instance, CancellationToken.None))
                {
                    // Adopted or started, it is stopped here, which frees the folder for good.
                }
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or LocalPostgresException)
            {
                // Test projects start together: another one clears the same leftover, and may do so.
                await Console.Error.WriteLineAsync($"leftover {folder} is left to others: {e.Message}");
            }
        }
    }

    private static string ConnectionTo(LocalPostgres server, string database) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = database, IncludeErrorDetail = true }.ConnectionString;

    private static async Task ExecuteAsync(LocalPostgres server, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "postgres", Pooling = false });
        await using var command = dataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
