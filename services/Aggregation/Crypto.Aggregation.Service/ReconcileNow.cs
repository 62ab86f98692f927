using Crypto.Aggregation.Reconciling;
using Npgsql;

namespace Crypto.Aggregation.Service;

/// <summary>Compares settled candles with the exchange's own at once, and tells the score of every series.</summary>
internal static class ReconcileNow
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<string> RunAsync(IServiceProvider services, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = Patience };
        await services.GetRequiredService<ReconcileService>().RunAsync(http, cancellation);
        var dataSource = services.GetRequiredService<NpgsqlDataSource>();
        await using var select = dataSource.CreateCommand("""
            select coalesce(sum(compared), 0)::bigint, coalesce(sum(equal), 0)::bigint, count(*) from market.reconciliations
            """);
        await using var row = await select.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return $"{row.GetInt64(1)} of {row.GetInt64(0)} candles equal the exchange's, in {row.GetInt64(2)} series";
    }
}
