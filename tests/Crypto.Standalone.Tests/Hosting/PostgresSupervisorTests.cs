using System.Diagnostics;
using Crypto.Postgres.Local;
using Crypto.Standalone.Hosting;
using Crypto.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>A database server that dies is told by health and started again, with everything that was committed.</summary>
public sealed class PostgresSupervisorTests
{
    [Fact]
    public async Task A_server_that_was_killed_is_started_again_with_its_data()
    {
        using var folder = new TemporaryFolder();
        // Root hands the cluster to another account, which must be able to reach it.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await using var server = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { Folder = folder.Path, Port = FreePorts.Take() }, NullLogger.Instance, CancellationToken.None);
        await using var dataSource = NpgsqlDataSource.Create(server.ConnectionString);
        await using (var create = dataSource.CreateCommand("create table kept as select 7 as id")) await create.ExecuteNonQueryAsync();
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(server)).Status);

        var processId = int.Parse(File.ReadLines(Path.Combine(folder.Path, "cluster", "postmaster.pid")).First(), provider: null);
        using (var process = Process.GetProcessById(processId)) process.Kill();
        await Eventually.IsTrueAsync(() => !server.IsRunning, TimeSpan.FromSeconds(60));
        var health = await HealthAsync(server);
        Assert.Equal((HealthStatus.Unhealthy, "the PostgreSQL server is not running; it is being started again"), (health.Status, health.Description));

        using var supervisor = new PostgresSupervisor(server, NullLogger<PostgresSupervisor>.Instance);
        await supervisor.StartAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(() => server.IsRunning && Reads(dataSource), TimeSpan.FromSeconds(90));

        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(server)).Status);
        await supervisor.StopAsync(CancellationToken.None);
    }

    private static Task<HealthCheckResult> HealthAsync(LocalPostgres server) =>
        new PostgresSupervisor.Check(server).CheckHealthAsync(new HealthCheckContext());

    private static bool Reads(NpgsqlDataSource dataSource)
    {
        try
        {
            using var select = dataSource.CreateCommand("select id from kept");
            return select.ExecuteScalar() is 7;
        }
        catch (NpgsqlException)
        {
            return false; // connections of the old server end first
        }
    }
}
