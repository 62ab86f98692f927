using System.Collections.Concurrent;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Postgres;

/// <summary>The small integer ids of instruments. Ids never change, so they are remembered; safe for many threads.</summary>
public sealed class InstrumentStore(NpgsqlDataSource dataSource)
{
    private readonly ConcurrentDictionary<Instrument, int> _ids = new();

    /// <summary>The id of the instrument, made where there is none yet.</summary>
    public async ValueTask<int> GetOrCreateAsync(Instrument instrument, CancellationToken cancellation)
    {
        if (await FindAsync(instrument, cancellation).ConfigureAwait(false) is { } known) return known;
        // An identity value is drawn even where the row exists by now; that only leaves a hole in the ids.
        await using var insert = dataSource.CreateCommand("""
            insert into market.instruments (venue, symbol) values ($1, $2)
            on conflict (venue, symbol) do update set venue = excluded.venue returning instrument_id
            """);
        insert.Parameters.AddWithValue(instrument.Venue);
        insert.Parameters.AddWithValue(instrument.Symbol);
        var id = (int)(await insert.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
        _ids[instrument] = id;
        return id;
    }

    /// <summary>The id of the instrument, or null where the store does not know it.</summary>
    public async ValueTask<int?> FindAsync(Instrument instrument, CancellationToken cancellation)
    {
        if (_ids.TryGetValue(instrument, out var known)) return known;
        await using var select = dataSource.CreateCommand(
            "select instrument_id from market.instruments where venue = $1 and symbol = $2");
        select.Parameters.AddWithValue(instrument.Venue);
        select.Parameters.AddWithValue(instrument.Symbol);
        if (await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is not int id) return null;
        _ids[instrument] = id;
        return id;
    }

    /// <summary>All instruments with their ids.</summary>
    public async Task<IReadOnlyDictionary<Instrument, int>> AllAsync(CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select venue, symbol, instrument_id from market.instruments");
        await using var rows = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
            _ids[new Instrument(rows.GetString(0), rows.GetString(1))] = rows.GetInt32(2);
        return new Dictionary<Instrument, int>(_ids);
    }
}
