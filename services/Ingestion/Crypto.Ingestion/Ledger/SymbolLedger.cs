using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Ledger;

/// <summary>What the store knows of one instrument.</summary>
/// <param name="Covered">Ids that are stored or void.</param>
/// <param name="Refused">Ids that were given up, now or in an earlier life.</param>
/// <param name="Open">Gaps that were found and neither repaired nor refused.</param>
public sealed record SymbolLedger(IdRangeSet Covered, IdRangeSet Refused, IReadOnlyList<OpenGap> Open);

/// <summary>A gap row of the ledger.</summary>
public readonly record struct OpenGap(IdRange Range, string Reason);
