using Crypto.Contracts;
using Crypto.Postgres;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Which instruments the store knows, how a client names them, and where the data come from.</summary>
public sealed class MarketCatalog(NpgsqlDataSource dataSource)
{
    private readonly InstrumentStore _instruments = new(dataSource);
    private readonly MarketSourceStore _sources = new(dataSource);
    private volatile MarketSource? _source;

    /// <summary>The source, or null while nothing was ever stored.</summary>
    public async ValueTask<MarketSource?> SourceAsync(CancellationToken cancellation) =>
        // The row is written once and never changes.
        _source ??= await _sources.ReadAsync(cancellation);

    /// <summary>Finds <c>BTCUSDT</c> (of the default venue) or <c>binance-usdm:BTCUSDT</c>; case does not matter.</summary>
    /// <exception cref="NotFoundException">The store knows no such symbol.</exception>
    public async ValueTask<KnownInstrument> ResolveAsync(string? symbol, CancellationToken cancellation)
    {
        var venue = await DefaultVenueAsync(cancellation);
        if (Instrument.TryParse(symbol, venue, out var instrument)
            && await _instruments.FindAsync(instrument, cancellation) is { } id)
            return new KnownInstrument(id, instrument, NameOf(instrument, venue));
        throw new NotFoundException("symbol", symbol ?? "", $"symbol {Shown(symbol)} is unknown here");
    }

    /// <summary>All instruments, by name.</summary>
    public async Task<IReadOnlyList<KnownInstrument>> AllAsync(CancellationToken cancellation)
    {
        var venue = await DefaultVenueAsync(cancellation);
        var all = await _instruments.AllAsync(cancellation);
        return [.. all.Select(i => new KnownInstrument(i.Value, i.Key, NameOf(i.Key, venue))).OrderBy(i => i.Name, StringComparer.Ordinal)];
    }

    /// <summary>How the API writes an instrument: without its venue where that is the default one.</summary>
    public string NameOf(Instrument instrument) => NameOf(instrument, _source?.Venue ?? Venues.Binance);

    private static string NameOf(Instrument instrument, string defaultVenue) =>
        instrument.Venue == defaultVenue ? instrument.Symbol : instrument.Key;

    private async ValueTask<string> DefaultVenueAsync(CancellationToken cancellation) =>
        (await SourceAsync(cancellation))?.Venue ?? Venues.Binance;

    private static string Shown(string? symbol) => symbol switch
    {
        null or "" => "(empty)",
        { Length: > 40 } => symbol[..40] + "...",
        _ => symbol,
    };
}

/// <summary>An instrument of the store.</summary>
/// <param name="Id">Its id in the database.</param>
/// <param name="Instrument">Venue and symbol.</param>
/// <param name="Name">How the API writes it.</param>
public sealed record KnownInstrument(int Id, Instrument Instrument, string Name);
