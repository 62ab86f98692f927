using Crypto.Contracts;

namespace Crypto.Ingestion.Options;

/// <summary>The setting <see cref="IngestionOptions.Symbols"/>.</summary>
internal static class SymbolList
{
    /// <summary>What a live market is asked for when nobody says otherwise.</summary>
    public static readonly IReadOnlyList<string> LiveDefault = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "ADAUSDT"];

    public static IReadOnlyList<string> Split(string symbols) =>
        [.. symbols.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(symbol => symbol.ToUpperInvariant()).Distinct()];

    /// <summary>The instruments to ingest: the setting, else those that the market names, else <see cref="LiveDefault"/>.</summary>
    public static IReadOnlyList<Instrument> Choose(IngestionOptions options, IReadOnlyList<string> ofMarket)
    {
        var chosen = Split(options.Symbols);
        if (chosen.Count == 0) chosen = ofMarket.Count > 0 ? ofMarket : LiveDefault;
        return [.. chosen.Select(symbol => new Instrument(options.Venue, symbol))];
    }
}
