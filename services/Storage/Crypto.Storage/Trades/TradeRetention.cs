using Crypto.Contracts;
using Crypto.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>
/// Drops the days of trades that are older than <see cref="StorageOptions.KeepDays"/>, counted in market time, every hour. Off
/// unless set. The ledger keeps the ids, so that an old trade that comes again is still a duplicate; candles stay.
/// </summary>
public sealed partial class TradeRetention(
    SchemaGate schema, NpgsqlDataSource dataSource, IOptions<StorageOptions> options, TimeProvider clock, ILogger<TradeRetention> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    /// <summary>Drops what is too old now, and returns the number of days dropped.</summary>
    public async Task<int> DropAsync(int keepDays, CancellationToken cancellation)
    {
        if (await TodayAsync(cancellation).ConfigureAwait(false) is not { } today) return 0;
        var firstKept = today.AddDays(1 - keepDays);
        await using var drop = dataSource.CreateCommand("select market.drop_trades_before($1)");
        drop.Parameters.AddWithValue(firstKept);
        var dropped = (int)(await drop.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        if (dropped > 0) Log.Dropped(logger, dropped, firstKept);
        return dropped;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.KeepDays is not { } keepDays) return;
        try
        {
            await schema.Migrated.WaitAsync(stoppingToken).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Every, clock);
            do await TryDropAsync(keepDays, stoppingToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task TryDropAsync(int keepDays, CancellationToken cancellation)
    {
        try
        {
            await DropAsync(keepDays, cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            Log.Failed(logger, e.Message);
        }
    }

    /// <summary>The market's day: wall time, or the newest day that is stored where a recording tells its own time.</summary>
    private async Task<DateOnly?> TodayAsync(CancellationToken cancellation)
    {
        var source = await new MarketSourceStore(dataSource).ReadAsync(cancellation).ConfigureAwait(false);
        if (source?.Clock != MarketClock.Original) return DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await using var newest = dataSource.CreateCommand("select max(trade_time) from market.trades");
        return await newest.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is DateTime time ? DateOnly.FromDateTime(time) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Dropped {Count} days of trades before {FirstKept}")]
        public static partial void Dropped(ILogger logger, int count, DateOnly firstKept);

        [LoggerMessage(LogLevel.Warning, "Old days of trades could not be dropped, trying again in an hour: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
