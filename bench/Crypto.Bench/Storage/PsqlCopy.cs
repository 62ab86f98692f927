using System.Diagnostics;
using Crypto.Postgres.Local;
using Npgsql;

namespace Crypto.Bench.Storage;

/// <summary>The yardstick: PostgreSQL's own client copying a CSV file into <c>market.trades</c>, one transaction.</summary>
internal sealed class PsqlCopy(string connectionString, string folder)
{
    private readonly string _file = Path.Combine(folder, "trades.csv");
    private long _rows;

    /// <summary>Writes what the table holds to the file, in the order of the table.</summary>
    public async Task ExportAsync(NpgsqlDataSource dataSource, CancellationToken cancellation)
    {
        await using var count = dataSource.CreateCommand("select count(*) from market.trades");
        _rows = (long)(await count.ExecuteScalarAsync(cancellation))!;
        await RunAsync($"\\copy (select * from market.trades) to '{_file}' csv", cancellation);
    }

    /// <summary>Copies the file into the table; rows per second.</summary>
    public async Task<double> ImportAsync(CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        await RunAsync($"\\copy market.trades from '{_file}' csv", cancellation);
        return _rows / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private async Task RunAsync(string command, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        var binary = PostgresBinaries.Program(PostgresBinaries.Locate(), "psql");
        var start = new ProcessStartInfo(File.Exists(binary) ? binary : "psql")
        {
            ArgumentList =
            {
                "--host", connection.Host!, "--port", $"{connection.Port}", "--username", connection.Username!,
                "--dbname", connection.Database!, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", command,
            },
            Environment = { ["PGPASSWORD"] = connection.Password },
        };
        using var psql = Process.Start(start)!;
        await psql.WaitForExitAsync(cancellation);
        if (psql.ExitCode != 0) throw new InvalidOperationException($"psql ended with {psql.ExitCode}");
    }
}
