namespace Crypto.Ingestion.Frames;

internal enum EventName : byte
{
    /// <summary>The frame has no field <c>e</c>.</summary>
    None,
    Trade,
    ServerShutdown,
    Other,
}

/// <summary>A text value's place in the frame, without its quotes.</summary>
internal record struct TextAt(int Start, int Length);

/// <summary>The raw fields of a frame, before any check.</summary>
internal struct FrameFields
{
    public const int AllFields = 0b111_1111;

    public bool NotJson;

    /// <summary>It says itself that it is no trade: an answer, or an event of a stream that is not <c>@trade</c>.</summary>
    public bool IsNoEvent;

    /// <summary><c>"X":"NA"</c>.</summary>
    public bool IsNotApplicable;

    public EventName Event;
    public bool IsBuyerMaker;
    public int Seen;
    public TextAt Symbol;
    public TextAt Price;
    public TextAt Quantity;
    public long TradeId;
    public long TradeTime;
    public long EventTime;

    public readonly bool HasAll => Event == EventName.Trade && Seen == AllFields;

    public void SetSymbol(int start, int length) => (Symbol, Seen) = (new TextAt(start, length), Seen | 1);

    public void SetPrice(int start, int length) => (Price, Seen) = (new TextAt(start, length), Seen | 2);

    public void SetQuantity(int start, int length) => (Quantity, Seen) = (new TextAt(start, length), Seen | 4);

    public void SetTradeId(long value) => (TradeId, Seen) = (value, Seen | 8);

    public void SetTradeTime(long value) => (TradeTime, Seen) = (value, Seen | 16);

    public void SetEventTime(long value) => (EventTime, Seen) = (value, Seen | 32);

    public void SetBuyerMaker(bool value) => (IsBuyerMaker, Seen) = (value, Seen | 64);
}
