using System.Text.Json;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>Where a system that runs on a data folder is reached: written at start, so that commands find it by <c>--data</c>.</summary>
internal sealed record RunningSystem(string? Http, string? Market, string Venue, int? PostgresPort = null, string? Kafka = null)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Notes where this process is reached. Only a process with the API is worth finding.</summary>
    public static void Write(DataFolder data, UpOptions options, Infrastructure infrastructure)
    {
        if (!options.Has(Roles.Query) || options.HttpPort == 0) return;
        var system = new RunningSystem($"http://127.0.0.1:{options.HttpPort}", infrastructure.MarketUrl, options.Venue,
            options.Postgres is null ? options.PostgresPort : null, infrastructure.KafkaBootstrap);
        File.WriteAllText(PathIn(data.Path), JsonSerializer.Serialize(system, Readable));
    }

    /// <exception cref="UsageException">Nothing was started there yet, or the note is no note.</exception>
    public static RunningSystem Read(string dataFolder)
    {
        if (!File.Exists(PathIn(dataFolder)))
            throw new UsageException($"nothing was started on {dataFolder}: start it with `crypto up`, or name a system with --http URL");
        var note = File.ReadAllText(PathIn(dataFolder));
        try
        {
            if (JsonSerializer.Deserialize<RunningSystem>(note) is { } system) return system;
        }
        catch (JsonException)
        {
            // A process that is killed while it writes leaves half a note: the same to the reader as a wrong one.
        }
        throw new UsageException($"{PathIn(dataFolder)} cannot be read: start the system again, or name one with --http URL");
    }

    /// <summary>The connection string of the database in the data folder.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static string PostgresConnection(string dataFolder)
    {
        var password = Path.Combine(dataFolder, "postgres", "password");
        if (Read(dataFolder).PostgresPort is not { } port || !File.Exists(password))
            throw new UsageException($"{dataFolder} has no database of its own: name it with --postgres");
        return new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "crypto",
            Password = File.ReadAllText(password).Trim(),
            Database = "marketdata",
        }.ConnectionString;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "running.json");
}
