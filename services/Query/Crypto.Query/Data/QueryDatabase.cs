using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Where this role reads: a data source of its own where the host gives one, else the one that all roles share.</summary>
public static class QueryDatabase
{
    /// <summary>The key of a data source that may read only.</summary>
    public const string Key = "query";

    /// <summary>The role of migration V004 that reads and changes nothing.</summary>
    public const string Reader = "crypto_reader";

    // A connection that was opened before the role was made is replaced after a while.
    private const int LifetimeSeconds = 300;

    // 22023 where the role does not exist (yet), 42501 where this user is no member of it.
    private const string BecomeReader = $"""
        do $$
        begin
            set role {Reader};
        exception
            when invalid_parameter_value or undefined_object or insufficient_privilege then null;
        end $$
        """;

    /// <summary>
    /// Lets the query role read as <c>crypto_reader</c>: a statement that writes is refused by the server, whoever wrote it.
    /// The connection's user must be a member of that role.
    /// </summary>
    public static IServiceCollection AddQueryReader(this IServiceCollection services, string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Options = $"-c role={Reader}" };
        return services.AddKeyedSingleton(Key, (_, _) => NpgsqlDataSource.Create(settings));
    }

    /// <summary>As <see cref="AddQueryReader"/>, for a server elsewhere: see <see cref="ReadOnlyWherePossible"/>.</summary>
    public static IServiceCollection AddQueryReaderWherePossible(this IServiceCollection services, string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        ReadOnlyWherePossible(builder);
        return services.AddKeyedSingleton(Key, (_, _) => builder.Build());
    }

    /// <summary>
    /// Each connection takes the role <c>crypto_reader</c> where its user is a member, and reads as that user where not: the
    /// health check says as whom (<c>readsAs</c>). For a data source that this role alone has.
    /// </summary>
    public static void ReadOnlyWherePossible(NpgsqlDataSourceBuilder builder)
    {
        // What the pool does to a returned connection would undo the role; this role leaves nothing else behind in one.
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        builder.ConnectionStringBuilder.ConnectionLifetime = LifetimeSeconds;
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var become = new NpgsqlCommand(BecomeReader, connection);
                become.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var become = new NpgsqlCommand(BecomeReader, connection);
                await become.ExecuteNonQueryAsync();
            });
    }

    internal static IServiceCollection AddReading<T>(this IServiceCollection services)
        where T : class => services.AddSingleton(provider => ActivatorUtilities.CreateInstance<T>(
            provider, provider.GetKeyedService<NpgsqlDataSource>(Key) ?? provider.GetRequiredService<NpgsqlDataSource>()));
}
