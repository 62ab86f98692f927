using Crypto.Contracts;

namespace Crypto.Ingestion.Market;

/// <summary>What the market says of itself.</summary>
/// <param name="Source">Live, or which recording and clock.</param>
/// <param name="State"><c>live</c>, or a recording's <c>waiting</c>, <c>running</c>, <c>ended</c>.</param>
/// <param name="Symbols">The symbols of a recording; empty when live.</param>
public sealed record MarketState(MarketSource Source, string State, IReadOnlyList<string> Symbols)
{
    public const string Ended = "ended";

    public bool IsRecorded => Source.Market != "live";

    public bool IsOver => State == Ended;

    public static MarketState Live(string venue) => new(MarketSource.Live(venue), "live", []);
}
