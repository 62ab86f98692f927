namespace Crypto.Storage.Ledger;

/// <summary>Trade ids from first to last, both inclusive.</summary>
public readonly record struct IdRange(long First, long Last)
{
    public long Count => Last - First + 1;

    public override string ToString() => First == Last ? $"{First}" : $"{First}..{Last}";
}
