using Crypto.Contracts;

namespace Crypto.Query.Live;

/// <summary>
/// The newest trades of one symbol in the order of their arrival, in a ring, and the one with the highest id. A reader
/// keeps its own position; one that falls behind the ring learns how many trades it missed. Safe for many threads.
/// </summary>
internal sealed class TradeSeries(int capacity)
{
    private readonly Lock _lock = new();
    private readonly TradeEntry?[] _ring = new TradeEntry?[capacity];
    private readonly Pulse _pulse = new();
    private TradeEntry? _latest;
    private long _count;

    /// <summary>Completes when the next trade comes; take it before reading.</summary>
    public Task NextChange => _pulse.Next;

    /// <summary>The trade with the highest id.</summary>
    public TradeEntry? Latest => Volatile.Read(ref _latest);

    /// <summary>How many trades have come: the position of a reader that wants the next one only.</summary>
    public long Count
    {
        get
        {
            lock (_lock) return _count;
        }
    }

    /// <summary>Takes a live trade in.</summary>
    public void Append(in Trade trade)
    {
        var entry = new TradeEntry(trade);
        lock (_lock)
        {
            _ring[_count++ % capacity] = entry;
            Raise(entry);
        }
        _pulse.Beat();
    }

    /// <summary>Takes the newest stored trade in, for its price only; true where it is newer than what was known.</summary>
    public bool Raise(in Trade trade)
    {
        if (Latest is { } latest && latest.Trade.TradeId >= trade.TradeId) return false;
        lock (_lock) return Raise(new TradeEntry(trade));
    }

    /// <summary>The trades from <paramref name="position"/> on, at most <paramref name="limit"/>; moves the position behind them.</summary>
    /// <returns>How many trades the ring no longer had.</returns>
    public long Read(ref long position, int limit, List<TradeEntry> trades)
    {
        trades.Clear();
        lock (_lock)
        {
            var oldest = Math.Max(0, _count - capacity);
            var missed = Math.Max(0, oldest - position);
            position += missed;
            while (position < _count && trades.Count < limit) trades.Add(_ring[position++ % capacity]!);
            return missed;
        }
    }

    private bool Raise(TradeEntry entry)
    {
        if (_latest is { } latest && latest.Trade.TradeId >= entry.Trade.TradeId) return false;
        Volatile.Write(ref _latest, entry);
        return true;
    }
}
