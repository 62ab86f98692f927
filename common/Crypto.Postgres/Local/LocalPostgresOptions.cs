namespace Crypto.Postgres.Local;

/// <summary>A PostgreSQL server process that this machine runs for us.</summary>
public sealed class LocalPostgresOptions
{
    /// <summary>Holds the cluster, its log and the generated password.</summary>
    public required string Folder { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 picks a free one.</summary>
    public int Port { get; init; }

    /// <summary>The database that is made in a new cluster.</summary>
    public string Database { get; init; } = "marketdata";

    /// <summary>The superuser of the cluster.</summary>
    public string User { get; init; } = "crypto";

    /// <summary>Where initdb, pg_ctl and postgres are; looked up when null.</summary>
    public string? BinFolder { get; init; }

    /// <summary>Settings of postgresql.conf beside our own, e.g. <c>fsync = off</c> for a throw-away test server.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
