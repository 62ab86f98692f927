namespace Crypto.MarketReplay.Tapes;

/// <summary>Where a value stands in a frame's bytes; a length of 0 says that it is absent.</summary>
internal readonly record struct Slice(ushort Start, byte Length)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> frame) => frame.Slice(Start, Length);
}

/// <summary>The places in a frame that are rewritten or served elsewhere: times, the trade id, price and quantity.</summary>
internal readonly record struct FrameFields(Slice EventTime, Slice TradeTime, Slice TradeId, Slice Price, Slice Quantity);

/// <summary>What <see cref="FrameParser"/> found in a frame.</summary>
internal readonly ref struct ParsedFrame
{
    /// <summary>False where the frame is no JSON object: it belongs to no stream, and goes to everybody.</summary>
    public bool IsJson { get; init; }

    /// <summary>True where the frame wraps its payload: <c>{"stream":...,"data":...}</c>.</summary>
    public bool IsCombined { get; init; }

    /// <summary>The stream's name as recorded, or as Binance would name it; null where the frame does not tell.</summary>
    public string? Stream { get; init; }

    /// <summary>The symbol as the exchange spells it (<c>BTCUSDT</c>), or null.</summary>
    public string? Symbol { get; init; }

    /// <summary>Start and length of the payload in the frame.</summary>
    public (int Start, int Length) Payload { get; init; }

    public FrameFields Fields { get; init; }

    /// <summary>Event time (or trade time where there is none) in microseconds; 0 where the frame has no time.</summary>
    public long EventTimeUs { get; init; }

    /// <summary>True where the frame's times are microseconds.</summary>
    public bool InMicroseconds { get; init; }

    /// <summary>The trade, if the frame is one with an id.</summary>
    public ParsedTrade? Trade { get; init; }
}

/// <summary>A trade of the recording.</summary>
/// <param name="Id">The exchange's trade id.</param>
/// <param name="Price">Price without trailing zeros.</param>
/// <param name="Quantity">Quantity without trailing zeros.</param>
/// <param name="TimeUs">Trade time in microseconds.</param>
/// <param name="IsBuyerMaker">True where the taker sold.</param>
/// <param name="OnBook">False for what REST does not serve: a zero price or quantity, insurance fund and ADL trades.</param>
internal readonly record struct ParsedTrade(
    long Id, decimal Price, decimal Quantity, long TimeUs, bool IsBuyerMaker, bool OnBook);
