using System.Collections.Frozen;

namespace Crypto.MarketReplay.Tapes;

/// <summary>One frame of a tape.</summary>
internal readonly struct TapeFrame
{
    /// <summary>Address in the <see cref="FrameStore"/>.</summary>
    public long Address { get; init; }

    public int Length { get; init; }

    public int PayloadStart { get; init; }

    public int PayloadLength { get; init; }

    /// <summary>Index of the stream, or -1: the frame goes to everybody.</summary>
    public int Stream { get; init; }

    /// <summary>Index of the symbol of a trade, or -1.</summary>
    public int Symbol { get; init; }

    /// <summary>The trade's place among its symbol's trades; meaningless without a symbol.</summary>
    public int Rank { get; init; }

    /// <summary>When the frame is released: microseconds since the tape's beginning.</summary>
    public long OffsetUs { get; init; }

    /// <summary>Event time in microseconds as recorded; 0 where the frame has none.</summary>
    public long EventTimeUs { get; init; }

    public FrameFields Fields { get; init; }

    public bool InMicroseconds { get; init; }

    public bool IsCombined { get; init; }
}

/// <summary>
/// The merged recordings in memory: frames in the order of their arrival, and each symbol's trades. Immutable, so that
/// every connection and request reads it without locks and nothing is buffered per client.
/// </summary>
internal sealed class Tape(
    FrameStore store, TapeFrame[] frames, long[] newestEventUs, string[] streams, SymbolTape[] symbols, long startUs, long lengthUs,
    string hash)
{
    private readonly FrozenDictionary<string, int> _streamIndex = Index(streams);
    private readonly FrozenDictionary<string, SymbolTape> _symbolIndex = symbols.ToFrozenDictionary(s => s.Symbol);

    /// <summary>Number of frames.</summary>
    public int Count => frames.Length;

    /// <summary>The recording's own time of its beginning, whole milliseconds in microseconds since the Unix epoch.</summary>
    public long StartUs => startUs;

    /// <summary>Duration in microseconds, whole seconds: one turn of a loop.</summary>
    public long LengthUs => lengthUs;

    /// <summary>Identifies the content: 16 hexadecimal digits.</summary>
    public string Hash => hash;

    public IReadOnlyList<string> Streams => streams;

    /// <summary>The symbols with trades, ordered by name.</summary>
    public IReadOnlyList<SymbolTape> Symbols => symbols;

    public ref readonly TapeFrame this[int index] => ref frames[index];

    public ReadOnlySpan<byte> Bytes(in TapeFrame frame) => store.Get(frame.Address, frame.Length);

    /// <summary>The newest event time among the first <paramref name="count"/> frames; the start for none.</summary>
    public long NewestEventUs(int count) => count == 0 ? startUs : newestEventUs[count - 1];

    public int StreamIndex(string name) => _streamIndex.GetValueOrDefault(name, -1);

    public SymbolTape? Find(string symbol) => _symbolIndex.GetValueOrDefault(symbol);

    /// <summary>How many frames are released up to and including <paramref name="offsetUs"/>.</summary>
    public int CountReleased(long offsetUs)
    {
        int low = 0, high = frames.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (frames[middle].OffsetUs <= offsetUs) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private static FrozenDictionary<string, int> Index(string[] names) =>
        names.Select((name, index) => KeyValuePair.Create(name, index)).ToFrozenDictionary();
}
