using System.Text;

namespace Crypto.Contracts;

/// <summary>
/// Turns the bytes of venue and symbol into an <see cref="Instrument"/> without allocating for a known one.
/// Not thread-safe: one per reader.
/// </summary>
public sealed class InstrumentCache
{
    private readonly Dictionary<string, Instrument>.AlternateLookup<ReadOnlySpan<char>> _known =
        new Dictionary<string, Instrument>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>False where the venue is unknown or the symbol has characters that symbols do not have.</summary>
    public bool TryGet(ReadOnlySpan<byte> venue, ReadOnlySpan<byte> symbol, out Instrument instrument)
    {
        instrument = default;
        Span<char> key = stackalloc char[64];
        if (venue.Length + symbol.Length + 1 > key.Length) return false;
        var length = Encoding.UTF8.GetChars(venue, key);
        key[length++] = ':';
        length += Encoding.UTF8.GetChars(symbol, key[length..]);
        if (_known.TryGetValue(key[..length], out instrument)) return true;
        var text = new string(key[..length]);
        if (!Instrument.TryParse(text, Venues.Binance, out instrument) || instrument.Key != text) return false;
        _known[text] = instrument;
        return true;
    }
}
