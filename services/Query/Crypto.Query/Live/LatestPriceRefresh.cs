using Crypto.Contracts;
using Crypto.Query.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Query.Live;

/// <summary>
/// Keeps the latest prices true where the topic does not: at start, for symbols that are quiet, and while Kafka is away.
/// One look at an index per symbol.
/// </summary>
internal sealed partial class LatestPriceRefresh(
    MarketCatalog catalog, TradeQueries trades, TradeBook book, IOptions<QueryOptions> options, TimeProvider clock,
    ILogger<LatestPriceRefresh> logger) : BackgroundService
{
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _failing;

    /// <summary>Waits for the first answer of the database.</summary>
    /// <exception cref="RetriableException">It takes too long.</exception>
    public async ValueTask LoadedAsync(CancellationToken cancellation)
    {
        if (_loaded.Task.IsCompleted) return;
        try
        {
            await _loaded.Task.WaitAsync(TimeSpan.FromSeconds(2), clock, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new RetriableException("the store has not answered yet", e);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RefreshAsync(stoppingToken);
                _failing = false;
                _loaded.TrySetResult();
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                // Also while the schema is not made yet: another role does that.
                if (!_failing) NotRefreshed(e.Message);
                _failing = true;
            }
            var often = _failing || !book.IsFollowing;
            var seconds = often ? Math.Min(0.5, options.Value.RefreshSeconds) : options.Value.RefreshSeconds;
            await Task.Delay(TimeSpan.FromSeconds(seconds), clock, stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        foreach (var instrument in await catalog.AllAsync(cancellation))
        {
            var newest = await trades.NewestAsync(instrument, TimeRange.Everything, 1, cancellation);
            if (newest.Count == 1) book.Raise(newest[0]);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Latest prices cannot be read from the database, trying again: {Reason}")]
    private partial void NotRefreshed(string reason);
}
