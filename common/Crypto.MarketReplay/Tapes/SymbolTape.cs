namespace Crypto.MarketReplay.Tapes;

/// <summary>
/// The trades of one symbol, by rank: their order by trade id. All arrays but those of the aggregates have one entry per rank.
/// </summary>
internal sealed class SymbolTape
{
    public required string Symbol { get; init; }

    /// <summary>Index in <see cref="Tape.Symbols"/>.</summary>
    public required int Index { get; init; }

    /// <summary>The trade ids of the first turn, rising.</summary>
    public required long[] Ids { get; init; }

    /// <summary>How far the ids move with every turn of a loop.</summary>
    public required long Stride { get; init; }

    /// <summary>The frame that brings the trade first.</summary>
    public required int[] FrameOf { get; init; }

    public required decimal[] Price { get; init; }

    public required decimal[] Quantity { get; init; }

    /// <summary>Price times quantity in hundred-millionths, rounded half to even: what REST tells, ready to be written.</summary>
    public required long[] QuoteE8 { get; init; }

    /// <summary>Trade times as recorded, microseconds.</summary>
    public required long[] TimeUs { get; init; }

    public required bool[] IsBuyerMaker { get; init; }

    /// <summary>False for what REST does not serve.</summary>
    public required bool[] OnBook { get; init; }

    public required AggregateTrade[] Aggregates { get; init; }

    /// <summary>
    /// For every rank the earliest frame that brings it or a later one. It never falls, so that the last trade that passed
    /// is found by bisection even where trades arrived out of order.
    /// </summary>
    public required int[] EarliestFrameFrom { get; init; }

    /// <summary>The same for every aggregate.</summary>
    public required int[] EarliestAggregateFrom { get; init; }

    /// <summary>Earliest and latest trade time, as recorded.</summary>
    public required (long First, long Last) TimeRangeUs { get; init; }

    public int Count => Ids.Length;

    /// <summary>The aggregate whose last trade has this rank, or -1.</summary>
    public int AggregateEndingAt(int rank)
    {
        int low = 0, high = Aggregates.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var last = Aggregates[middle].LastRank;
            if (last == rank) return middle;
            if (last < rank) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }
}

/// <summary>Neighbouring trades of one taker: same time, price and side. Price, time and side are those of its first trade.</summary>
/// <param name="FirstRank">Rank of its first trade.</param>
/// <param name="LastRank">Rank of its last trade.</param>
/// <param name="Quantity">Sum of the quantities.</param>
/// <param name="ReleasedBy">The frame that completes it.</param>
internal readonly record struct AggregateTrade(int FirstRank, int LastRank, decimal Quantity, int ReleasedBy);
