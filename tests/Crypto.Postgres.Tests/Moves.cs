using Crypto.Testing;
using Npgsql;

namespace Crypto.Postgres.Tests;

/// <summary>Runs the commands of a <see cref="StreamOffsetStore"/> as a consumer does: in the transaction of its batch.</summary>
internal static class Moves
{
    /// <summary>Moves the positions and commits; returns how many moved.</summary>
    public static async Task<int> ApplyAsync(
        TestPostgres postgres, StreamOffsetStore store, params (StreamPosition From, StreamPosition To)[] moves)
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var moved = await RunAsync(connection, store.Move(moves));
        await transaction.CommitAsync();
        return moved;
    }

    public static async Task RaiseAsync(TestPostgres postgres, StreamOffsetStore store, params StreamPosition[] marks)
    {
        await using var connection = await postgres.DataSource.OpenConnectionAsync();
        await RunAsync(connection, store.Raise(marks));
    }

    /// <summary>Runs one command in the connection's present transaction; returns the rows that it affected.</summary>
    public static async Task<int> RunAsync(NpgsqlConnection connection, NpgsqlBatchCommand command)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync();
    }
}
