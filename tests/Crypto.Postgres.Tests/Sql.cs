using Npgsql;

namespace Crypto.Postgres.Tests;

internal static class Sql
{
    /// <summary>The first column of every row.</summary>
    public static async Task<List<T>> ColumnAsync<T>(NpgsqlDataSource dataSource, string sql)
    {
        var values = new List<T>();
        await using var command = dataSource.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) values.Add(rows.GetFieldValue<T>(0));
        return values;
    }
}
