using Crypto.Contracts;
using Crypto.Storage.MassTransit;
using Npgsql;

namespace Crypto.Storage.Service;

/// <summary>
/// Empties the store. The transactional consumers find their offsets gone and read Kafka from its beginning. MassTransit's
/// rider has passed its records and goes on; its marks stay, so that ingestion sees at its next audit that what it published
/// was stored and is no more, and asks the exchange for it again.
/// </summary>
internal static class StoreReset
{
    private const int Attempts = 10;

    /// <exception cref="RetriableException">The services held the tables all the time; nothing was changed.</exception>
    public static async Task<string> RunAsync(IServiceProvider services, CancellationToken cancellation)
    {
        var dataSource = services.GetRequiredService<NpgsqlDataSource>();
        // Empty where the transactional consumer stores the trades: then no marks are kept.
        var kept = services.GetService<RiderStore>() is null ? "" : StorageOptions.Consumer;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ResetAsync(dataSource, kept, cancellation);
                return "the store is empty and fills again";
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable)
            {
                // The services write all the time, in an order of their own.
                if (attempt == Attempts) throw new RetriableException($"the store is in use and was left as it is: {e.MessageText}", e);
            }
        }
    }

    private static async Task ResetAsync(NpgsqlDataSource dataSource, string keptConsumer, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Instruments keep their ids, which every process remembers; the market's source stays what it was.
        await using var list = new NpgsqlCommand("""
            set local lock_timeout = '5s';
            select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables
            where schemaname = 'market' and tablename not in ('schema_migrations', 'source', 'instruments', 'stream_offsets')
            """, connection);
        var tables = (string)(await list.ExecuteScalarAsync(cancellation))!;
        await using var empty = new NpgsqlCommand($"truncate {tables}; update market.instruments set high_water = -1", connection);
        await empty.ExecuteNonQueryAsync(cancellation);
        await using var forget = new NpgsqlCommand("delete from market.stream_offsets where consumer <> $1", connection);
        forget.Parameters.AddWithValue(keptConsumer);
        await forget.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }
}
