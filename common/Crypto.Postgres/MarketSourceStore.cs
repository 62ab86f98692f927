using Crypto.Contracts;
using Npgsql;

namespace Crypto.Postgres;

/// <summary>The one row that says where the stored data come from, so that recorded and live never mix.</summary>
public sealed class MarketSourceStore(NpgsqlDataSource dataSource)
{
    /// <summary>Writes the source into an empty store, or compares it with the one that is there.</summary>
    /// <exception cref="FatalException">The store holds another source.</exception>
    public async Task EnsureAsync(MarketSource source, CancellationToken cancellation)
    {
        await using var insert = dataSource.CreateCommand("""
            insert into market.source (market, venue, recording, clock) values ($1, $2, $3, $4) on conflict do nothing
            """);
        insert.Parameters.AddWithValue(source.Market);
        insert.Parameters.AddWithValue(source.Venue);
        insert.Parameters.AddWithValue(source.Recording);
        insert.Parameters.AddWithValue(NameOf(source.Clock));
        if (await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1) return;
        var stored = await ReadAsync(cancellation).ConfigureAwait(false);
        if (stored != source)
            throw new FatalException(
                $"the store holds data of another market ({stored}), this one is {source}: " +
                "choose another --data folder or database, or start with the market that it was made with");
    }

    /// <summary>The source, or null where nothing was ever stored.</summary>
    public async Task<MarketSource?> ReadAsync(CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select market, venue, recording, clock from market.source");
        await using var row = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        if (!await row.ReadAsync(cancellation).ConfigureAwait(false)) return null;
        return new MarketSource(row.GetString(0), row.GetString(1), row.GetString(2), ClockOf(row.GetString(3)));
    }

    private static string NameOf(MarketClock clock) => clock switch
    {
        MarketClock.Now => "now",
        MarketClock.Original => "original",
        _ => throw new ArgumentOutOfRangeException(nameof(clock), clock, "unknown clock"),
    };

    private static MarketClock ClockOf(string name) => name switch
    {
        "now" => MarketClock.Now,
        "original" => MarketClock.Original,
        _ => throw new FatalException($"market.source has the unknown clock '{name}': the store was made by a newer version"),
    };
}
