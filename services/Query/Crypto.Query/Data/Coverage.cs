namespace Crypto.Query.Data;

/// <summary>What the coverage ledger says of one instrument, at one moment.</summary>
/// <param name="Ranges">Contiguous ids that are stored or void, ascending.</param>
/// <param name="Void">How many ids in them are no trades.</param>
/// <param name="Aggregated">How many ids are stored only as part of an aggregate that stands for several trades.</param>
/// <param name="Gaps">Every gap ever noticed, ascending.</param>
public sealed record Coverage(IReadOnlyList<IdRange> Ranges, long Void, long Aggregated, IReadOnlyList<Gap> Gaps)
{
    public long? FirstTradeId => Ranges.Count == 0 ? null : Ranges[0].First;

    public long? LastTradeId => Ranges.Count == 0 ? null : Ranges[^1].Last;

    /// <summary>How many of the exchange's trades are stored.</summary>
    public long Stored => Ranges.Sum(r => r.Last - r.First + 1) - Void;

    /// <summary>Nothing is missing between the first id and the last, and nothing is being repaired.</summary>
    public bool Complete => Ranges.Count == 1 && Gaps.All(g => g.State != "open");
}

/// <summary>Trade ids, both ends inclusive.</summary>
public readonly record struct IdRange(long First, long Last);

/// <summary>Ids that were missing at some time.</summary>
/// <param name="First">First id, inclusive.</param>
/// <param name="Last">Last id, inclusive.</param>
/// <param name="Reason">The cause, in words.</param>
/// <param name="State">open, repaired or refused.</param>
/// <param name="DetectedAtUs">When it was noticed.</param>
/// <param name="RepairedAtUs">When its last id was stored; null while it is not.</param>
public sealed record Gap(long First, long Last, string Reason, string State, long DetectedAtUs, long? RepairedAtUs);
