using Crypto.Contracts;

namespace Crypto.Storage.Ledger;

/// <summary>What a batch does to one instrument: the ledger around its ids, and the rows that it adds.</summary>
public sealed class InstrumentLedger(int instrumentId, IdRange window)
{
    private IdRangeSet _ranges = new([]);

    public int InstrumentId { get; } = instrumentId;

    /// <summary>The smallest and the greatest id that the batch mentions.</summary>
    public IdRange Window { get; } = window;

    /// <summary>The highest id stored or void before the batch: ids above it cannot be in the table.</summary>
    public long StoredHighWater { get; private set; } = -1;

    /// <summary>The same, after what the batch has added so far.</summary>
    public long HighWater { get; private set; } = -1;

    /// <summary>The ledger around the window, with what the batch has added.</summary>
    public IdRangeSet Ranges => _ranges;

    /// <summary>Ids that the batch declared void and that were not covered.</summary>
    public List<(IdRange Ids, string Reason)> Voids { get; } = [];

    public void Load(long highWater, IEnumerable<IdRange> ranges)
    {
        StoredHighWater = HighWater = highWater;
        _ranges = new IdRangeSet(ranges);
        Voids.Clear();
    }

    /// <summary>Covers the trade's ids. Duplicate: all of them are covered already. Mixed: only some of them are.</summary>
    public Acceptance Accept(in Trade trade)
    {
        if (trade.Count == 1)
        {
            if (!_ranges.Add(trade.TradeId)) return Acceptance.Duplicate;
        }
        else
        {
            var ids = new IdRange(trade.TradeId, trade.LastTradeId);
            var missing = _ranges.Uncovered(ids);
            if (missing.Count == 0) return Acceptance.Duplicate;
            if (missing.Count > 1 || missing[0] != ids) return Acceptance.Mixed;
            _ranges.Add(ids);
        }
        HighWater = Math.Max(HighWater, trade.LastTradeId);
        return Acceptance.New;
    }

    /// <summary>Covers ids whose row is about to be written.</summary>
    public void Cover(IdRange ids)
    {
        _ranges.Add(ids);
        HighWater = Math.Max(HighWater, ids.Last);
    }

    /// <summary>Covers what is not covered yet of the ids, as ids without a trade.</summary>
    public void Void(IdRange ids, string reason)
    {
        foreach (var missing in _ranges.Uncovered(ids))
        {
            _ranges.Add(missing);
            Voids.Add((missing, reason));
        }
        HighWater = Math.Max(HighWater, ids.Last);
    }
}

/// <summary>What the ledger says of a trade.</summary>
public enum Acceptance
{
    New,
    Duplicate,

    /// <summary>An aggregate whose ids are covered in part, so that its quantity is neither new nor known.</summary>
    Mixed,
}
