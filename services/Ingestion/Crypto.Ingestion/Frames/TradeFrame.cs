namespace Crypto.Ingestion.Frames;

/// <summary>What a websocket frame turned out to be.</summary>
public enum FrameKind : byte
{
    /// <summary>A trade with a positive price and quantity.</summary>
    Trade,

    /// <summary>A trade id that stands for no trade: price zero and <c>"X":"NA"</c>.</summary>
    Void,

    /// <summary>An event of another stream, or an answer to one of our own messages.</summary>
    Other,

    /// <summary>The server asks to reconnect, before it goes away.</summary>
    ServerShutdown,

    /// <summary>Meant to be a trade, and is none; <see cref="TradeFrame.Fault"/> says why.</summary>
    Bad,
}

/// <summary>Why a frame is <see cref="FrameKind.Bad"/>.</summary>
public enum FrameFault : byte
{
    None,
    NotJson,
    MissingField,
    BadSymbol,
    BadId,
    BadTime,
    BadPrice,
    BadQuantity,
}

/// <summary>
/// A parsed trade frame. Text fields are positions in the frame's bytes, so that the exchange's own digits are kept and
/// nothing is allocated. Times are microseconds since the Unix epoch, whatever unit the frame had.
/// </summary>
public struct TradeFrame
{
    public FrameKind Kind;
    public FrameFault Fault;
    public bool IsBuyerMaker;
    public int SymbolStart;
    public int SymbolLength;
    public int PriceStart;
    public int PriceLength;
    public int QuantityStart;
    public int QuantityLength;
    public long TradeId;
    public long TradeTimeUs;
    public long EventTimeUs;

    public readonly ReadOnlySpan<byte> Symbol(ReadOnlySpan<byte> frame) => frame.Slice(SymbolStart, SymbolLength);

    public readonly ReadOnlySpan<byte> Price(ReadOnlySpan<byte> frame) => frame.Slice(PriceStart, PriceLength);

    public readonly ReadOnlySpan<byte> Quantity(ReadOnlySpan<byte> frame) => frame.Slice(QuantityStart, QuantityLength);
}
