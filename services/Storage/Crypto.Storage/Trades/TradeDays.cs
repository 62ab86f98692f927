using Crypto.Contracts;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>Makes the day partitions that a batch needs, outside of its transaction. Days once made are remembered.</summary>
internal sealed class TradeDays(NpgsqlDataSource dataSource)
{
    private readonly HashSet<long> _made = [];

    public async Task EnsureAsync(IReadOnlySet<long> days, CancellationToken cancellation)
    {
        foreach (var day in days)
        {
            if (_made.Contains(day)) continue;
            await using var make = dataSource.CreateCommand("select market.ensure_trades_day($1)");
            make.Parameters.AddWithValue(DateOnly.FromDateTime(UnixTime.ToDateTime(day * Interval.OneDay.LengthUs)));
            await make.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            _made.Add(day);
        }
    }

    /// <summary>Asks the database again next time: a day may have been dropped.</summary>
    public void Forget() => _made.Clear();
}
