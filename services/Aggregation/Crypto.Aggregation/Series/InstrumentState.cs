using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Running;
using Crypto.Contracts;

namespace Crypto.Aggregation.Series;

/// <summary>What the aggregation keeps in memory of one instrument: a cache of its rows, dropped after any failure.</summary>
public sealed class InstrumentState(Instrument instrument, int id, int partition, IReadOnlyList<Interval> intervals, IdRanges ranges)
{
    public Instrument Instrument { get; } = instrument;

    public int Id { get; } = id;

    /// <summary>The partition of <c>crypto.trades</c> that brings its trades.</summary>
    public int Partition { get; } = partition;

    /// <summary>Rises with every transaction; the table must still have this value for the next one to commit.</summary>
    public long Sequence { get; set; }

    /// <summary>The newest trade time folded, microseconds.</summary>
    public long NewestTradeUs { get; set; }

    /// <summary>The newest time that the exchange sent a trade, microseconds.</summary>
    public long NewestEventUs { get; set; }

    /// <summary>Ids folded or void.</summary>
    public IdRanges Ranges { get; } = ranges;

    /// <summary>Trades of the batch under way.</summary>
    public IntervalFold Batch { get; } = new(intervals);

    /// <summary>The newest candles, one list for each interval, shortest first.</summary>
    public CandleList[] Newest { get; } = [.. intervals.Select(i => new CandleList(instrument, i))];

    /// <summary>Candles that wait to be computed anew.</summary>
    public HashSet<(long IntervalUs, long OpenTimeUs)> Awaited { get; } = [];

    /// <summary>By interval the open time of the last queued candle that was looked at; the next look begins behind it.</summary>
    public Dictionary<long, long> LookedAtUs { get; } = [];

    /// <summary>Awaited candles whose trades the store lacks though its ledger has them; each is logged once.</summary>
    public HashSet<(long IntervalUs, long OpenTimeUs)> Incomputable { get; } = [];

    /// <summary>When each open gap was first seen, market time, by the last id before it.</summary>
    public Dictionary<long, long> GapsSinceUs { get; } = [];

    /// <summary>Older candles may be open or incomplete: a repair, a backfill or a gap is or was under way.</summary>
    public bool NeedsSweep { get; set; } = true;

    /// <summary>Ids that the store has and that are not folded, while it is found out whether the log still brings them.</summary>
    public LackingIds? Lacking { get; set; }

    /// <summary>Ids that no log brings and whose stored trades are gone or cannot be folded.</summary>
    public IdRanges NotToBeHad { get; } = new();

    /// <summary>How often the store's ledger was compared with the ids folded.</summary>
    public int StoreLooks { get; set; }

    /// <summary>Rows were written past this cache: read it anew.</summary>
    public bool MustReload { get; set; }

    /// <summary>Notes the times of a trade.</summary>
    public void Note(in Trade trade)
    {
        if (trade.TradeTimeUs > NewestTradeUs) NewestTradeUs = trade.TradeTimeUs;
        if (trade.EventTimeUs > NewestEventUs) NewestEventUs = trade.EventTimeUs;
    }

    /// <summary>Its transaction was committed.</summary>
    public void Accept()
    {
        Sequence++;
        Ranges.AcceptChanges();
    }

    public bool IsAwaited(CandleRow row) => Awaited.Contains((row.Interval.LengthUs, row.OpenTimeUs));
}
