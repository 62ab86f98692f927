using Crypto.Contracts;
using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Repair;

/// <summary>Ids of one symbol that are missing.</summary>
/// <param name="Range">The ids, first and last inclusive.</param>
/// <param name="Reason">See <see cref="GapReasons"/>.</param>
/// <param name="Origin">What the fetched trades are called: a repair, or a backfill.</param>
/// <param name="DetectedUs">When it was noticed, microseconds since the Unix epoch, wall time.</param>
public sealed record Gap(IdRange Range, string Reason, TradeOrigin Origin, long DetectedUs)
{
    /// <summary>True where the ledger has the gap already, from an earlier life of this process.</summary>
    public bool IsAnnounced { get; init; }

    /// <summary>True where the trades may be older than repairs are allowed to reach back.</summary>
    public bool MayBeOld => Reason is not (GapReasons.Skipped or GapReasons.FirstStart or GapReasons.Backfill);
}
