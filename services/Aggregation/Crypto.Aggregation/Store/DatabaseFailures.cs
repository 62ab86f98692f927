using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>Tells failures of the database that pass from those that do not.</summary>
internal static class DatabaseFailures
{
    /// <exception cref="RetriableException">The database is away or asks to repeat the transaction.</exception>
    public static async Task<T> TranslateAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e.IsTransient || e is not PostgresException)
        {
            throw new RetriableException($"the database cannot be reached: {e.Message}", e);
        }
    }
}
