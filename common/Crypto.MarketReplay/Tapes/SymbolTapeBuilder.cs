namespace Crypto.MarketReplay.Tapes;

/// <summary>Collects the trades of one symbol and orders them by id.</summary>
internal sealed class SymbolTapeBuilder(string symbol)
{
    private readonly List<(ParsedTrade Trade, int Frame)> _trades = [];

    public string Symbol => symbol;

    public void Add(in ParsedTrade trade, int frame) => _trades.Add((trade, frame));

    /// <param name="index">The symbol's place among the tape's symbols.</param>
    /// <param name="closeGaps">
    /// Number the trades without holes, as an exchange does; otherwise keep the ids as recorded, holes included.
    /// </param>
    /// <param name="ranks">Receives the rank of every frame that brings a trade of this symbol, repeats included.</param>
    public SymbolTape Build(int index, bool closeGaps, int[] ranks)
    {
        // By id; of repeats the one that came first.
        _trades.Sort((a, b) => a.Trade.Id != b.Trade.Id ? a.Trade.Id.CompareTo(b.Trade.Id) : a.Frame.CompareTo(b.Frame));
        var distinct = new List<(ParsedTrade Trade, int Frame)>(_trades.Count);
        foreach (var trade in _trades)
        {
            if (distinct.Count == 0 || distinct[^1].Trade.Id != trade.Trade.Id) distinct.Add(trade);
            ranks[trade.Frame] = distinct.Count - 1;
        }
        var first = distinct[0].Trade.Id;
        var aggregates = Aggregate(distinct);
        return new SymbolTape
        {
            Symbol = symbol,
            Index = index,
            Ids = Column((t, rank) => closeGaps ? first + rank : t.Trade.Id),
            Stride = closeGaps ? distinct.Count : distinct[^1].Trade.Id - first + 1,
            FrameOf = Column((t, _) => t.Frame),
            Price = Column((t, _) => t.Trade.Price),
            Quantity = Column((t, _) => t.Trade.Quantity),
            QuoteE8 = Column((t, _) => E8(t.Trade.Price, t.Trade.Quantity)),
            TimeUs = Column((t, _) => t.Trade.TimeUs),
            IsBuyerMaker = Column((t, _) => t.Trade.IsBuyerMaker),
            OnBook = Column((t, _) => t.Trade.OnBook),
            Aggregates = aggregates,
            EarliestFrameFrom = SmallestFrom([.. distinct.Select(t => t.Frame)]),
            EarliestAggregateFrom = SmallestFrom([.. aggregates.Select(a => a.ReleasedBy)]),
            TimeRangeUs = (distinct.Min(t => t.Trade.TimeUs), distinct.Max(t => t.Trade.TimeUs)),
        };

        T[] Column<T>(Func<(ParsedTrade Trade, int Frame), int, T> value) => [.. distinct.Select(value)];
    }

    // Saturated: a quote of more than 92 billion is none of an exchange.
    private static long E8(decimal price, decimal quantity)
    {
        const decimal Most = long.MaxValue / 100_000_000;
        return price >= Most || quantity >= Most || price * quantity >= Most ? long.MaxValue : (long)Math.Round(price * quantity * 100_000_000m);
    }

    private static int[] SmallestFrom(int[] frames)
    {
        for (var i = frames.Length - 2; i >= 0; i--) frames[i] = Math.Min(frames[i], frames[i + 1]);
        return frames;
    }

    private static AggregateTrade[] Aggregate(List<(ParsedTrade Trade, int Frame)> trades)
    {
        var aggregates = new List<AggregateTrade>(trades.Count);
        for (var rank = 0; rank < trades.Count; rank++)
        {
            var (trade, frame) = trades[rank];
            if (!trade.OnBook) continue;
            if (aggregates.Count > 0 && aggregates[^1] is var open && open.LastRank == rank - 1 && Joins(trades[rank - 1].Trade, trade))
                aggregates[^1] = new AggregateTrade(open.FirstRank, rank, open.Quantity + trade.Quantity, Math.Max(open.ReleasedBy, frame));
            else
                aggregates.Add(new AggregateTrade(rank, rank, trade.Quantity, frame));
        }
        return [.. aggregates];
    }

    private static bool Joins(in ParsedTrade previous, in ParsedTrade next) =>
        next.Id == previous.Id + 1 && next.TimeUs == previous.TimeUs && next.Price == previous.Price
        && next.IsBuyerMaker == previous.IsBuyerMaker;
}
