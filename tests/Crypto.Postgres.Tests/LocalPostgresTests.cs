using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Crypto.Postgres.Local;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Crypto.Postgres.Tests;

public sealed class LocalPostgresTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crypto-local-postgres-").FullName;

    public LocalPostgresTests()
    {
        // Root hands the cluster to another account, which must be able to reach it.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_server_left_over_by_a_killed_process_is_adopted_with_its_data()
    {
        await using var first = await StartAsync(0);
        await ExecuteAsync(first, "create table kept (id int); insert into kept values (7)");

        await using var second = await StartAsync(0);

        Assert.False(first.Adopted);
        Assert.True(second.Adopted);
        Assert.Equal(first.Port, second.Port);
        Assert.Equal(7, await ExecuteAsync(second, "select id from kept"));
    }

    [Fact]
    public async Task A_server_left_over_on_another_port_is_moved_to_the_port_asked_for()
    {
        await using var first = await StartAsync(0);
        var port = FreePorts.Take();

        await using var second = await StartAsync(port);

        Assert.Equal(port, second.Port);
        Assert.Equal(1, await ExecuteAsync(second, "select 1"));
    }

    [Fact]
    public async Task Data_survive_a_stop_and_a_half_made_cluster_is_made_anew()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "cluster", "base"));
        await using (var first = await StartAsync(0))
            await ExecuteAsync(first, "create table kept (id int); insert into kept values (7)");

        await using var second = await StartAsync(0);

        Assert.False(second.Adopted);
        Assert.Equal(7, await ExecuteAsync(second, "select id from kept"));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_that_says_what_to_do()
    {
        using var occupant = new TcpListener(IPAddress.Loopback, 0);
        occupant.Start();
        var port = ((IPEndPoint)occupant.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => StartAsync(port));

        Assert.Equal($"port {port} is in use, so PostgreSQL cannot listen there: choose another with --postgres-port", error.Message);
    }

    [Fact]
    public async Task The_password_is_readable_by_its_owner_only_and_needed()
    {
        await using var server = await StartAsync(0);
        var wrong = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "wrong", Pooling = false }.ConnectionString;

        await using var connection = new NpgsqlConnection(wrong);
        var error = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());

        Assert.Equal("28P01", error.SqlState);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "password")));
    }

    [Fact]
    public async Task A_server_is_made_with_the_names_and_the_settings_that_were_asked_for()
    {
        await using var server = await LocalPostgres.StartAsync(new LocalPostgresOptions
        {
            Folder = _folder,
            Database = "Market-Data",
            User = "someone",
            Settings = new Dictionary<string, string> { ["work_mem"] = "7MB", ["shared_buffers"] = "32MB" },
        }, NullLogger.Instance, CancellationToken.None);

        Assert.Equal("Market-Data someone 7MB 32MB off 127.0.0.1", await ExecuteAsync(server, """
            select concat_ws(' ', current_database(), current_user, current_setting('work_mem'), current_setting('shared_buffers'),
                             current_setting('jit'), current_setting('listen_addresses'))
            """));
    }

    [Fact]
    public async Task A_server_that_was_killed_is_started_again_with_its_data()
    {
        await using var server = await StartAsync(0);
        await ExecuteAsync(server, "create table kept (id int); insert into kept values (7)");

        await KillAsync(server);
        await StartAgainAsync(server);

        Assert.True(server.IsRunning);
        Assert.Equal(7, await ExecuteAsync(server, "select id from kept"));
    }

    [Fact]
    public async Task Programs_that_are_not_where_they_should_be_are_named()
    {
        var error = await Assert.ThrowsAsync<LocalPostgresException>(() => LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = _folder, BinFolder = "/nowhere/bin" }, NullLogger.Instance, CancellationToken.None));

        Assert.Contains("/nowhere/bin/initdb", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private async Task KillAsync(LocalPostgres server)
    {
        var processId = int.Parse(File.ReadLines(Path.Combine(_folder, "cluster", "postmaster.pid")).First(), provider: null);
        using (var process = Process.GetProcessById(processId)) process.Kill();
        await Eventually.IsTrueAsync(() => !server.IsRunning, TimeSpan.FromSeconds(60));
    }

    // The killed server's children hold its memory for a moment; the supervisor of the real thing tries again too.
    private static async Task StartAgainAsync(LocalPostgres server)
    {
        var patience = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (true)
        {
            try
            {
                await server.StartAsync(CancellationToken.None);
                return;
            }
            catch (LocalPostgresException) when (DateTime.UtcNow < patience)
            {
                await Task.Delay(200);
            }
        }
    }

    private Task<LocalPostgres> StartAsync(int port) => LocalPostgres.StartAsync(
        new LocalPostgresOptions { Folder = _folder, Port = port }, NullLogger.Instance, CancellationToken.None);

    private static async Task<object?> ExecuteAsync(LocalPostgres server, string sql)
    {
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        await using var command = dataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
