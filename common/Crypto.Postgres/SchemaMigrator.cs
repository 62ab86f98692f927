using System.Diagnostics;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Postgres;

/// <summary>
/// Brings a database to the schema of this program: versioned SQL, applied once each, in order. Any number of hosts may
/// call it at the same moment: an advisory lock lets one work while the others wait and then find nothing to do.
/// </summary>
public static class SchemaMigrator
{
    // Any constant will do, as long as nobody else in the database takes it: "crypto" in ASCII.
    private const long LockKey = 0x63_72_79_70_74_6F;

    private const string Bookkeeping = """
        create schema if not exists market;
        create table if not exists market.schema_migrations (
            version    integer primary key,
            name       text not null,
            checksum   text not null,
            applied_at timestamptz not null default now()
        );
        """;

    /// <summary>
    /// Applies what is missing, all in one transaction: after a failure the database is as it was before.
    /// A version below the highest one applied is applied too, because the areas of the schema number their own ranges. One
    /// that only a newer program knows is left alone, so that hosts may be replaced one after the other.
    /// </summary>
    /// <returns>How many migrations were applied.</returns>
    /// <exception cref="FatalException">A migration that this database holds was changed since, or its SQL fails.</exception>
    /// <exception cref="NpgsqlException">The database cannot be reached, or went away meanwhile.</exception>
    public static Task<int> MigrateAsync(NpgsqlDataSource dataSource, CancellationToken cancellation) =>
        MigrateAsync(dataSource, Migration.All(), cancellation);

    internal static async Task<int> MigrateAsync(
        NpgsqlDataSource dataSource, IReadOnlyList<Migration> migrations, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await ExecuteAsync(connection, $"set local lock_timeout = 0; select pg_advisory_xact_lock({LockKey})", cancellation)
            .ConfigureAwait(false);
        await ExecuteAsync(connection, Bookkeeping, cancellation).ConfigureAwait(false);
        var applied = await AppliedAsync(connection, cancellation).ConfigureAwait(false);
        var count = 0;
        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Version, out var checksum))
            {
                Check(migration, checksum, connection.Database);
                continue;
            }
            await ApplyAsync(connection, migration, cancellation).ConfigureAwait(false);
            count++;
        }
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return count;
    }

    private static void Check(Migration migration, string checksum, string database)
    {
        if (checksum == migration.Checksum) return;
        throw new FatalException(
            $"migration {migration.Name} is not the one that database '{database}' was made with: " +
            "use the program version that made it, or an empty database");
    }

    private static async Task<Dictionary<int, string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var applied = new Dictionary<int, string>();
        await using var select = new NpgsqlCommand("select version, checksum from market.schema_migrations", connection);
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false)) applied.Add(rows.GetInt32(0), rows.GetString(1));
        return applied;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellation)
    {
        try
        {
            await ExecuteAsync(connection, migration.Sql, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            throw new FatalException($"migration {migration.Name} failed, nothing was changed: {e.SqlState} {e.MessageText}", e);
        }
        await using var insert = new NpgsqlCommand(
            "insert into market.schema_migrations (version, name, checksum) values ($1, $2, $3)", connection);
        insert.Parameters.AddWithValue(migration.Version);
        insert.Parameters.AddWithValue(migration.Name);
        insert.Parameters.AddWithValue(migration.Checksum);
        var inserted = await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        Debug.Assert(inserted == 1);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
