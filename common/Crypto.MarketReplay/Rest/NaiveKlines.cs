using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Rest;

/// <summary>One candle of the exchange.</summary>
internal sealed class Kline(long openTimeUs, decimal price)
{
    public long OpenTimeUs => openTimeUs;

    public decimal Open { get; private set; } = price;

    public decimal High { get; private set; } = price;

    public decimal Low { get; private set; } = price;

    public decimal Close { get; private set; } = price;

    public decimal Volume { get; private set; }

    public decimal QuoteVolume { get; private set; }

    public decimal TakerBuyVolume { get; private set; }

    public decimal TakerBuyQuoteVolume { get; private set; }

    public long Count { get; private set; }

    public long FirstId { get; private set; } = -1;

    public long LastId { get; private set; } = -1;

    public decimal LastQuantity { get; private set; }

    public void Add(long id, decimal price, decimal quantity, bool isBuyerMaker)
    {
        if (Count == 0) (Open, High, Low, FirstId) = (price, price, price, id);
        High = Math.Max(High, price);
        Low = Math.Min(Low, price);
        Close = price;
        LastId = id;
        LastQuantity = quantity;
        Volume += quantity;
        QuoteVolume += price * quantity;
        Count++;
        if (isBuyerMaker) return;
        TakerBuyVolume += quantity;
        TakerBuyQuoteVolume += price * quantity;
    }

    /// <summary>Adds what came after, with its ids moved.</summary>
    public void Add(Kline next, long idShift)
    {
        if (next.Count == 0) return;
        if (Count == 0) (Open, High, Low, FirstId) = (next.Open, next.High, next.Low, next.FirstId + idShift);
        High = Math.Max(High, next.High);
        Low = Math.Min(Low, next.Low);
        Close = next.Close;
        LastId = next.LastId + idShift;
        LastQuantity = next.LastQuantity;
        Volume += next.Volume;
        QuoteVolume += next.QuoteVolume;
        Count += next.Count;
        TakerBuyVolume += next.TakerBuyVolume;
        TakerBuyQuoteVolume += next.TakerBuyQuoteVolume;
    }
}

/// <summary>
/// Folds trades to candles in the plainest way, one trade after the other. It shares nothing with the platform's
/// aggregation, so that the two can be held against each other.
/// </summary>
internal static class NaiveKlines
{
    /// <summary>
    /// The candles from the bucket of <paramref name="fromUs"/> to that of <paramref name="toUs"/>; those without trades
    /// are flat, once there was a trade.
    /// </summary>
    public static List<Kline> Fold(PassedTrades passed, long fromUs, long toUs, long lengthUs, CancellationToken cancellationToken)
    {
        var klines = new List<Kline>();
        var first = fromUs / lengthUs * lengthUs;
        Kline? open = null;
        if (LastBefore(passed, first) is { } close) open = new Kline(first - lengthUs, close);
        for (var sequence = passed.TurnStartAt(first); sequence < passed.End; sequence++)
        {
            if (sequence % passed.Symbol.Count == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (passed.TurnIsAfter(sequence, passed.Symbol.Count, toUs)) break;
            }
            if (!passed.TryGet(sequence, out var trade) || trade.TimeUs < first || trade.TimeUs > toUs) continue;
            var openTimeUs = trade.TimeUs / lengthUs * lengthUs;
            var price = passed.Symbol.Price[trade.Rank];
            if (open is null) klines.Add(open = new Kline(openTimeUs, price));
            while (open.OpenTimeUs < openTimeUs) klines.Add(open = new Kline(open.OpenTimeUs + lengthUs, open.Close));
            // A trade with a time before its predecessor's belongs to the candle of its own time.
            var kline = open.OpenTimeUs == openTimeUs ? open : klines.FindLast(k => k.OpenTimeUs == openTimeUs);
            kline?.Add(trade.Id, price, passed.Symbol.Quantity[trade.Rank], passed.Symbol.IsBuyerMaker[trade.Rank]);
        }
        while (open is not null && open.OpenTimeUs + lengthUs <= toUs) klines.Add(open = new Kline(open.OpenTimeUs + lengthUs, open.Close));
        return klines;
    }

    /// <summary>
    /// Everything in a time range as one candle; null without trades. A day of a looping recording has hundreds of equal
    /// turns and millions of trades: those that are whole are added as <paramref name="turn"/>.
    /// </summary>
    public static Kline? FoldAll(PassedTrades passed, long fromUs, long toUs, Kline turn)
    {
        var symbol = passed.Symbol;
        var all = new Kline(fromUs, 0);
        for (var sequence = passed.TurnStartAt(fromUs); sequence < passed.End; sequence++)
        {
            if (sequence % symbol.Count == 0 && passed.HasWholeTurn(sequence, fromUs, toUs))
            {
                all.Add(turn, sequence / symbol.Count * symbol.Stride);
                sequence += symbol.Count - 1;
            }
            else if (passed.TryGet(sequence, out var trade) && trade.TimeUs >= fromUs && trade.TimeUs <= toUs)
            {
                all.Add(trade.Id, symbol.Price[trade.Rank], symbol.Quantity[trade.Rank], symbol.IsBuyerMaker[trade.Rank]);
            }
        }
        return all.Count == 0 ? null : all;
    }

    /// <summary>The trades of one turn as one candle, with the ids of the first.</summary>
    public static Kline FoldTurn(SymbolTape symbol)
    {
        var turn = new Kline(symbol.TimeRangeUs.First, 0);
        for (var rank = 0; rank < symbol.Count; rank++)
            if (symbol.OnBook[rank]) turn.Add(symbol.Ids[rank], symbol.Price[rank], symbol.Quantity[rank], symbol.IsBuyerMaker[rank]);
        return turn;
    }

    private static decimal? LastBefore(PassedTrades passed, long timeUs)
    {
        var sequence = Math.Min(passed.End, passed.TurnStartAt(timeUs) + passed.Symbol.Count);
        while (--sequence >= 0)
            if (passed.TryGet(sequence, out var trade) && trade.TimeUs < timeUs) return passed.Symbol.Price[trade.Rank];
        return null;
    }
}
