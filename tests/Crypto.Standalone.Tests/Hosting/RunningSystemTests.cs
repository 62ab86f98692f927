using Crypto.Standalone.Commands;
using Crypto.Standalone.Hosting;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>A started system leaves a note in its data folder, by which the other commands find it.</summary>
public sealed class RunningSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_started_is_found_by_its_folder()
    {
        await StartAsync("--roles", "query", "--http", "18080", "--market-port", "18082", "--postgres-port", "15433", "--kafka", "19092", "--venue", "binance-usdm");

        Assert.Equal(
            new RunningSystem("http://127.0.0.1:18080", "http://127.0.0.1:18082", "binance-usdm", 15433, "127.0.0.1:19092"), RunningSystem.Read(_folder.Path));
    }

    [Theory]
    [InlineData("--roles", "storage")]
    [InlineData("--http", "0")]
    public async Task A_process_without_the_api_leaves_the_note_of_the_one_with_it(string option, string value)
    {
        await StartAsync("--roles", "query", "--http", "18080");
        await StartAsync(option, value, "--kafka-bootstrap", "a:1", "--market-url", "http://b", "--postgres", "Host=c");

        Assert.Equal("http://127.0.0.1:18080", RunningSystem.Read(_folder.Path).Http);
    }

    [Fact]
    public async Task The_database_of_the_folder_is_reached_with_its_own_password()
    {
        await StartAsync("--roles", "query", "--postgres-port", "15433");
        WritePassword("secret\n");

        var connection = new NpgsqlConnectionStringBuilder(RunningSystem.PostgresConnection(_folder.Path));

        Assert.Equal(("127.0.0.1", 15433, "crypto", "secret", "marketdata"),
            (connection.Host, connection.Port, connection.Username, connection.Password, connection.Database));
    }

    [Fact]
    public async Task A_database_elsewhere_has_to_be_named()
    {
        await StartAsync("--roles", "query", "--postgres", "Host=elsewhere");
        WritePassword("of an earlier server");

        var refusal = Assert.Throws<UsageException>(() => RunningSystem.PostgresConnection(_folder.Path));

        Assert.Equal($"{_folder.Path} has no database of its own: name it with --postgres", refusal.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{ half a no")]
    public void A_note_that_a_killed_process_left_half_written_is_named(string text)
    {
        var note = Path.Combine(_folder.Path, "running.json");
        File.WriteAllText(note, text);

        var refusal = Assert.Throws<UsageException>(() => RunningSystem.Read(_folder.Path));

        Assert.Equal($"{note} cannot be read: start the system again, or name one with --http URL", refusal.Message);
    }

    [Fact]
    public async Task A_process_without_a_database_uses_that_of_the_folder_it_shares()
    {
        WritePassword("secret\n");

        var connection = new NpgsqlConnectionStringBuilder(await StartAsync("--roles", "storage", "--postgres-port", "15433"));

        Assert.Equal((15433, "secret"), (connection.Port, connection.Password));
    }

    [Fact]
    public async Task A_process_without_any_database_says_which_to_start_first()
    {
        var refusal = await Assert.ThrowsAsync<UsageException>(() => StartAsync("--roles", "storage"));

        Assert.Equal(
            $"no database: {_folder.Path} has none yet, so start a process with the role postgres first, or name one with --postgres", refusal.Message);
    }

    [Fact]
    public async Task A_database_that_was_named_wins_over_the_folders() =>
        Assert.Equal("Host=named", await StartAsync("--roles", "storage", "--postgres", "Host=named"));

    /// <summary>Starts nothing but what a process with these options would note; returns its connection string.</summary>
    private async Task<string> StartAsync(params string[] arguments)
    {
        var options = CommandLine.Up([.. arguments, "--data", _folder.Path]);
        using var data = DataFolder.Open(options.DataFolder, []);
        await using var infrastructure = await Infrastructure.StartAsync(options, data, NullLoggerFactory.Instance, default);
        RunningSystem.Write(data, options, infrastructure);
        return options.Has(Roles.Storage) ? infrastructure.PostgresConnection(data) : "";
    }

    private void WritePassword(string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "postgres"));
        File.WriteAllText(Path.Combine(_folder.Path, "postgres", "password"), text);
    }
}
