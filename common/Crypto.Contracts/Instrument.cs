using System.Diagnostics.CodeAnalysis;

namespace Crypto.Contracts;

/// <summary>What is traded where, e.g. <c>binance:BTCUSDT</c>. Symbols are upper case; see <see cref="Venues"/>.</summary>
public readonly record struct Instrument(string Venue, string Symbol)
{
    /// <summary>The record key in Kafka: <c>venue:SYMBOL</c>.</summary>
    public string Key => $"{Venue}:{Symbol}";

    public override string ToString() => Key;

    /// <summary>Reads <c>BTCUSDT</c> (of <paramref name="defaultVenue"/>) or <c>binance-usdm:BTCUSDT</c>; case does not matter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, string defaultVenue, out Instrument instrument)
    {
        instrument = default;
        if (string.IsNullOrEmpty(text)) return false;
        var colon = text.IndexOf(':');
        var venue = colon < 0 ? defaultVenue : text[..colon].ToLowerInvariant();
        var symbol = text[(colon + 1)..].ToUpperInvariant();
        if (!Venues.All.Contains(venue) || symbol.Length is 0 or > 32 || !symbol.All(IsSymbolCharacter)) return false;
        instrument = new Instrument(venue, symbol);
        return true;
    }

    // Delivery contracts are spelled BTCUSDT_260327.
    private static bool IsSymbolCharacter(char c) => c is >= 'A' and <= 'Z' or >= '0' and <= '9' or '_';
}
