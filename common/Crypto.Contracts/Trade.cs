namespace Crypto.Contracts;

/// <summary>How a trade came to us.</summary>
public enum TradeOrigin : byte
{
    /// <summary>Live, over the websocket.</summary>
    Stream = 0,

    /// <summary>Fetched over REST to close a gap.</summary>
    Repair = 1,

    /// <summary>Fetched as history, over REST or from an archive file.</summary>
    Backfill = 2,
}

/// <summary>One trade of <c>crypto.trades</c>. Times are microseconds since the Unix epoch, UTC.</summary>
/// <param name="Instrument">Venue and symbol.</param>
/// <param name="TradeId">The exchange's id; contiguous per instrument.</param>
/// <param name="LastTradeId">
/// Equal to <paramref name="TradeId"/>, or greater where one event stands for the ids in between (an aggregate trade).
/// </param>
/// <param name="Price">In quote asset per unit of base asset, with the exchange's own scale.</param>
/// <param name="Quantity">In base asset, with the exchange's own scale.</param>
/// <param name="TradeTimeUs">When the trade was made, by the exchange's clock.</param>
/// <param name="EventTimeUs">When the exchange sent it; equal to the trade time where the source does not say (REST).</param>
/// <param name="ReceivedTimeUs">When it arrived here, by our clock.</param>
/// <param name="IsBuyerMaker">True where the buyer was the maker, so that the taker sold.</param>
/// <param name="Origin">How it came to us.</param>
public readonly record struct Trade(
    Instrument Instrument,
    long TradeId,
    long LastTradeId,
    decimal Price,
    decimal Quantity,
    long TradeTimeUs,
    long EventTimeUs,
    long ReceivedTimeUs,
    bool IsBuyerMaker,
    TradeOrigin Origin)
{
    /// <summary>How many of the exchange's trades this event stands for.</summary>
    public long Count => LastTradeId - TradeId + 1;
}
