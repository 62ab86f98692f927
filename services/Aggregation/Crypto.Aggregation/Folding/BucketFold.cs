using Crypto.Contracts;

namespace Crypto.Aggregation.Folding;

/// <summary>
/// Folds trades of one instrument into the buckets of one interval. Reused batch after batch: once its arrays have grown
/// it allocates nothing. Not thread-safe.
/// </summary>
public sealed class BucketFold(Interval interval)
{
    private readonly Dictionary<long, int> _slots = [];
    private Fragment[] _fragments = new Fragment[4];
    private long[] _openTimes = new long[4];
    private int[] _order = [];
    private int _current;
    private long _currentOpenUs = long.MinValue;
    private long _currentEndUs = long.MinValue;

    public Interval Interval { get; } = interval;

    /// <summary>Number of buckets that got a trade since <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Folds one trade into the bucket of its trade time.</summary>
    public void Add(long tradeTimeUs, in ExactTrade trade)
    {
        if (tradeTimeUs < _currentOpenUs || tradeTimeUs >= _currentEndUs) Select(Interval.OpenTimeOf(tradeTimeUs));
        _fragments[_current].Add(trade);
    }

    /// <summary>Merges the buckets of a shorter interval, which must divide this one.</summary>
    public void AddAll(BucketFold finer)
    {
        for (var i = 0; i < finer.Count; i++)
        {
            Select(Interval.OpenTimeOf(finer._openTimes[i]));
            _fragments[_current].Merge(finer._fragments[i]);
        }
    }

    /// <summary>Merges one fragment into the bucket that starts at <paramref name="openTimeUs"/> or holds it.</summary>
    public void Add(long openTimeUs, in Fragment fragment)
    {
        Select(Interval.OpenTimeOf(openTimeUs));
        _fragments[_current].Merge(fragment);
    }

    /// <summary>The slots in the order of their open times.</summary>
    public ReadOnlySpan<int> Ordered()
    {
        if (_order.Length < Count) _order = new int[_openTimes.Length];
        for (var i = 0; i < Count; i++) _order[i] = i;
        var slots = _order.AsSpan(0, Count);
        slots.Sort((a, b) => _openTimes[a].CompareTo(_openTimes[b]));
        return slots;
    }

    public long OpenTimeOf(int slot) => _openTimes[slot];

    public ref readonly Fragment FragmentOf(int slot) => ref _fragments[slot];

    public void Clear()
    {
        Array.Clear(_fragments, 0, Count);
        _slots.Clear();
        Count = 0;
        _currentOpenUs = _currentEndUs = long.MinValue;
    }

    private void Select(long openUs)
    {
        if (openUs == _currentOpenUs) return;
        if (!_slots.TryGetValue(openUs, out _current))
        {
            if (Count == _openTimes.Length)
            {
                Array.Resize(ref _fragments, Count * 2);
                Array.Resize(ref _openTimes, Count * 2);
            }
            _current = Count++;
            _slots.Add(openUs, _current);
            _openTimes[_current] = openUs;
        }
        _currentOpenUs = openUs;
        _currentEndUs = openUs + Interval.LengthUs;
    }
}
