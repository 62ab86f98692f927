using Npgsql;

namespace Crypto.Query.Data;

/// <summary>One parameterised statement and its rows.</summary>
internal static class Sql
{
    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlDataSource dataSource, string sql, Func<NpgsqlDataReader, T> read, object[] parameters, CancellationToken cancellation)
    {
        await using var command = dataSource.CreateCommand(sql);
        foreach (var parameter in parameters) command.Parameters.AddWithValue(parameter);
        var list = new List<T>();
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        while (await rows.ReadAsync(cancellation)) list.Add(read(rows));
        return list;
    }

    /// <summary>A nullable double column.</summary>
    public static double? Double(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);
}
