using System.Diagnostics.CodeAnalysis;
using Crypto.Contracts;

namespace Crypto.Ingestion.Sequencing;

/// <summary>The symbols that are ingested, found by the bytes of a frame without allocating. Immutable.</summary>
public sealed class SymbolTable
{
    private readonly Dictionary<byte[], TrackedSymbol>.AlternateLookup<ReadOnlySpan<byte>> _bySymbol;

    public SymbolTable(IEnumerable<Instrument> instruments)
    {
        All = [.. instruments.Select(instrument => new TrackedSymbol(instrument))];
        _bySymbol = All.ToDictionary(symbol => symbol.SymbolUtf8, Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyList<TrackedSymbol> All { get; }

    public bool TryGet(ReadOnlySpan<byte> symbol, [NotNullWhen(true)] out TrackedSymbol? tracked) =>
        _bySymbol.TryGetValue(symbol, out tracked);
}
