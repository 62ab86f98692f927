using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Where this role reads: a data source of its own where the host gives one, else the one that all roles share.</summary>
public static class QueryDatabase
{
    /// <summary>The key of a data source that may read only.</summary>
    public const string Key = "query";

    private const string Reader = "crypto_reader";

    /// <summary>
    /// Lets the query role read as <c>crypto_reader</c> (migration V004): a statement that writes is refused by the server,
    /// whoever wrote it. The connection's user must be a member of that role.
    /// </summary>
    public static IServiceCollection AddQueryReader(this IServiceCollection services, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Options = $"-c role={Reader}" };
        return services.AddKeyedSingleton(Key, (_, _) => NpgsqlDataSource.Create(settings));
    }

    internal static IServiceCollection AddReading<T>(this IServiceCollection services)
        where T : class => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<T>(
            provider, provider.GetKeyedService<NpgsqlDataSource>(Key) ?? provider.GetRequiredService<NpgsqlDataSource>()));
}
