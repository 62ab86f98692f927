using Crypto.Contracts;
using Crypto.Query.Data;

namespace Crypto.Query.Live;

/// <summary>
/// The newest states of one symbol's candles of one length. Of two states of a candle the one with the higher version
/// stays. Each change gets a sequence number, so that a reader who remembers the last one it saw can ask for what changed
/// since: nothing is queued per reader, and a slow one simply finds the newest states. Safe for many threads.
/// </summary>
internal sealed class CandleSeries(KnownInstrument instrument, Interval interval, int capacity)
{
    // Changes to look through before a reader that lags further is served by a look at every candle.
    private const int RecentChanges = 256;

    private readonly Lock _lock = new();
    private readonly List<CandleEntry> _candles = [];
    private readonly CandleEntry?[] _recent = new CandleEntry?[RecentChanges];
    private readonly Pulse _pulse = new();
    private CandleEntry? _newest;
    private long _sequence;
    private bool _trimmed;

    public KnownInstrument Instrument { get; } = instrument;

    public Interval Interval { get; } = interval;

    /// <summary>Completes at the next change; take it before reading.</summary>
    public Task NextChange => _pulse.Next;

    /// <summary>How many changes there have been.</summary>
    public long Sequence => Volatile.Read(ref _newest)?.Sequence ?? 0;

    /// <summary>Takes states in; those with a version that is not higher than the known one are dropped.</summary>
    public void Apply(params IReadOnlyList<Candle> states)
    {
        var changed = false;
        lock (_lock)
        {
            foreach (var state in states) changed |= ApplyOne(state, trace: null);
        }
        if (changed) _pulse.Beat();
    }

    /// <summary>Takes one state in that goes on with a trace.</summary>
    public void Apply(Candle state, AnswerTrace? trace)
    {
        bool changed;
        lock (_lock) changed = ApplyOne(state, trace);
        if (changed) _pulse.Beat();
    }

    /// <summary>
    /// The newest <paramref name="limit"/> candles in the range, oldest first; null where older ones than are kept here
    /// might belong to the answer.
    /// </summary>
    public CandleEntry[]? TryRead(TimeRange range, int limit)
    {
        lock (_lock)
        {
            var end = range.ToUs is { } to ? FirstAtOrAfter(to) : _candles.Count;
            var start = range.FromUs is { } from ? FirstAtOrAfter(from) : 0;
            var first = Math.Max(start, end - limit);
            // Everything is here that is younger than the oldest one, and all there is while nothing was dropped.
            if (end < limit && _trimmed && !(range.FromUs >= Oldest())) return null;
            return first >= end ? [] : _candles.GetRange(first, end - first).ToArray();
        }
    }

    /// <summary>The states that changed after <paramref name="sequence"/>, each candle once, in the order of their last change.</summary>
    public void ReadChanges(ref long sequence, List<CandleEntry> changes)
    {
        changes.Clear();
        // Most readers have missed nothing but the newest change: they need no lock.
        if (Volatile.Read(ref _newest) is { } newest)
        {
            if (newest.Sequence == sequence) return;
            if (newest.Sequence == sequence + 1)
            {
                sequence = newest.Sequence;
                changes.Add(newest);
                return;
            }
        }
        lock (_lock)
        {
            var last = sequence;
            sequence = _sequence;
            if (last >= _sequence) return;
            if (_sequence - last > RecentChanges)
            {
                changes.AddRange(_candles.Where(c => c.Sequence > last).OrderBy(c => c.Sequence));
                return;
            }
            for (var i = last + 1; i <= _sequence; i++)
            {
                // A candle that changed again later is given once, with its last state.
                if (_recent[i % RecentChanges] is { } entry && IsCurrent(entry)) changes.Add(entry);
            }
        }
    }

    private bool ApplyOne(Candle state, AnswerTrace? trace)
    {
        var index = FirstAtOrAfter(state.OpenTimeUs);
        var known = index < _candles.Count && _candles[index].Candle.OpenTimeUs == state.OpenTimeUs;
        if (known && _candles[index].Candle.Version >= state.Version) return false;
        // Below the window of a series that has dropped candles there is no telling what belongs between.
        if (!known && index == 0 && _trimmed) return false;
        var entry = new CandleEntry(state, Instrument.Name, ++_sequence, trace);
        _recent[_sequence % RecentChanges] = entry;
        Volatile.Write(ref _newest, entry);
        if (known) _candles[index] = entry;
        else _candles.Insert(index, entry);
        if (_candles.Count <= capacity) return true;
        _candles.RemoveRange(0, _candles.Count - capacity);
        _trimmed = true;
        return true;
    }

    /// <summary>Says that the database holds more candles than were loaded.</summary>
    public void MarkTrimmed()
    {
        lock (_lock) _trimmed = true;
    }

    private bool IsCurrent(CandleEntry entry)
    {
        var index = FirstAtOrAfter(entry.Candle.OpenTimeUs);
        return index < _candles.Count && ReferenceEquals(_candles[index], entry);
    }

    private long Oldest() => _candles.Count == 0 ? long.MaxValue : _candles[0].Candle.OpenTimeUs;

    private int FirstAtOrAfter(long openTimeUs)
    {
        // Nearly every question is about the newest candle.
        if (_candles.Count == 0 || _candles[^1].Candle.OpenTimeUs < openTimeUs) return _candles.Count;
        int low = 0, high = _candles.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_candles[middle].Candle.OpenTimeUs < openTimeUs) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
