using Npgsql;

namespace Crypto.Storage.Service;

/// <summary>
/// Empties the store. The transactional consumers find their offsets gone and read Kafka from its beginning; ingestion finds
/// that published ids are not stored and asks the exchange for what Kafka has no longer, or its group has passed.
/// </summary>
internal static class StoreReset
{
    public static async Task<string> RunAsync(IServiceProvider services, CancellationToken cancellation)
    {
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // Instruments keep their ids, which every process remembers; the market's source stays what it was.
        await using var list = new NpgsqlCommand("""
            select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables
            where schemaname = 'market' and tablename not in ('schema_migrations', 'source', 'instruments')
            """, connection);
        var tables = (string)(await list.ExecuteScalarAsync(cancellation))!;
        await using var reset = new NpgsqlCommand($"truncate {tables}; update market.instruments set high_water = -1", connection);
        await reset.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return "the store is empty and fills again";
    }
}
