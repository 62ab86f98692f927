using Crypto.Ingestion.Market;

namespace Crypto.Ingestion.Health;

/// <summary>How ingestion is doing.</summary>
/// <param name="Market"><c>unknown</c> before it was reached, then <c>live</c>, <c>waiting</c>, <c>running</c>, <c>ended</c>.</param>
/// <param name="Symbols">Number of symbols.</param>
/// <param name="StartedUs">When the streams were opened, microseconds since the Unix epoch.</param>
/// <param name="LastFrameUs">When a trade came last; 0 before the first.</param>
/// <param name="InFlight">Records that Kafka has not acknowledged.</param>
/// <param name="Missing">Ids that are being fetched.</param>
/// <param name="IsResumed">The ledger of an earlier life was compared.</param>
/// <param name="StaleAfter">Without data for longer, health is red.</param>
/// <param name="Failure">What is wrong, or null.</param>
public sealed record IngestionReport(
    string Market, int Symbols, long StartedUs, long LastFrameUs, int InFlight, long Missing, bool IsResumed, TimeSpan StaleAfter,
    string? Failure)
{
    public bool IsOver => Market == MarketState.Ended;
}
