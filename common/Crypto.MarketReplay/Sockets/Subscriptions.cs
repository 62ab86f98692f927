using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Sockets;

/// <summary>
/// The streams of one connection. Names that the recording does not have are kept and stay silent, as at Binance.
/// The reading side changes it, the sending side reads a snapshot.
/// </summary>
internal sealed class Subscriptions(Tape tape)
{
    private const string AggTrade = "@aggTrade";
    private readonly List<string> _names = [];
    private volatile StreamFilter _filter = StreamFilter.Nothing;

    /// <summary>What to send; changes as a whole.</summary>
    public StreamFilter Filter => _filter;

    public IReadOnlyList<string> Names => _names;

    public void Add(IEnumerable<string> names)
    {
        foreach (var name in names)
            if (!_names.Contains(name)) _names.Add(name);
        Rebuild();
    }

    public void Remove(IEnumerable<string> names)
    {
        foreach (var name in names) _names.Remove(name);
        Rebuild();
    }

    private void Rebuild()
    {
        var recorded = new bool[tape.Streams.Count];
        var aggregates = new bool[tape.Symbols.Count];
        var symbols = new HashSet<int>();
        foreach (var name in _names)
        {
            var symbol = name.IndexOf('@') is > 0 and var at ? tape.Find(name[..at].ToUpperInvariant()) : null;
            if (symbol is not null) symbols.Add(symbol.Index);
            // Aggregates are derived from the trades wherever there are any, so that they agree with REST.
            if (symbol is not null && name.EndsWith(AggTrade, StringComparison.Ordinal) && IsLower(name, AggTrade)) aggregates[symbol.Index] = true;
            else if (tape.StreamIndex(name) is >= 0 and var index) recorded[index] = true;
        }
        var any = recorded.Contains(true) || aggregates.Contains(true);
        _filter = any ? new StreamFilter(recorded, aggregates, symbols) : StreamFilter.Nothing;
    }

    private static bool IsLower(string name, string suffix) => !name.AsSpan(0, name.Length - suffix.Length).ContainsAnyInRange('A', 'Z');
}

/// <summary>Which frames a connection wants.</summary>
/// <param name="Recorded">By stream index.</param>
/// <param name="Aggregates">By symbol index: derived aggregate trades.</param>
/// <param name="Symbols">Indices of the symbols that any of its streams is about.</param>
internal sealed record StreamFilter(bool[] Recorded, bool[] Aggregates, IReadOnlyCollection<int> Symbols)
{
    public static readonly StreamFilter Nothing = new([], [], []);

    public bool IsEmpty => Recorded.Length == 0;

    public bool WantsRecorded(in TapeFrame frame) => frame.Stream < 0 || Recorded[frame.Stream];

    public bool WantsAggregate(in TapeFrame frame) => frame.Symbol >= 0 && Aggregates[frame.Symbol];
}
