using Crypto.Aggregation.Folding;
using Crypto.Contracts;

namespace Crypto.Aggregation.Series;

/// <summary>
/// Candles of one instrument and interval in the order of time: the newest ones, which are kept, or a stretch of older
/// ones that was loaded for one transaction. Does the merging, and keeps flat candles in line with what is before them.
/// </summary>
public sealed class CandleList(Instrument instrument, Interval interval, List<CandleRow>? rows = null)
{
    private readonly List<CandleRow> _rows = rows ?? [];

    public Interval Interval { get; } = interval;

    public IReadOnlyList<CandleRow> Rows => _rows;

    public bool IsEmpty => _rows.Count == 0;

    public long FirstOpenUs => _rows[0].OpenTimeUs;

    /// <summary>Candles that open before this are not kept: the interval was turned on when trades of them were folded already.</summary>
    public long SinceUs { get; init; } = long.MinValue;

    /// <summary>The open times that this list is responsible for: from, inclusive, to, exclusive.</summary>
    public (long FromUs, long ToUs) SpanUs { get; set; } = (long.MinValue, long.MaxValue);

    /// <summary>Merges the buckets of its span. Final candles are queued for recomputation instead.</summary>
    public void Merge(BucketFold trades, long marketUs, CandleChanges changes)
    {
        foreach (var slot in trades.Ordered())
        {
            var openUs = trades.OpenTimeOf(slot);
            if (!Spans(openUs)) continue;
            ref readonly var fragment = ref trades.FragmentOf(slot);
            var at = Find(openUs);
            if (at < 0)
            {
                at = ~at;
                _rows.Insert(at, new CandleRow(Interval, openUs));
            }
            if (_rows[at].State == CandleState.Final)
                changes.Queued.Add(new Recomputation(Interval, openUs, fragment.FirstId, fragment.LastId));
            else
                _rows[at].Merge(fragment, marketUs);
        }
    }

    /// <summary>Puts a recomputed candle in the place of the present one; a settled one that differs gets a revision.</summary>
    /// <returns>Whether a field changed.</returns>
    public bool Replace(long openUs, in Fragment fragment, long marketUs, CandleChanges changes)
    {
        var at = Find(openUs);
        if (at < 0) _rows.Insert(at = ~at, new CandleRow(Interval, openUs));
        var row = _rows[at];
        var before = row.ToCandle(instrument);
        if (!row.Replace(fragment, marketUs)) return false;
        Revise(row, before, changes);
        return true;
    }

    /// <summary>
    /// Makes the flat candles between candles whose ids are contiguous, so that nothing can have been traded there, and
    /// hands price and anchor on to the flat candles that follow a changed one.
    /// </summary>
    public void AlignFlats(IdRanges ranges, bool makeFlats, CandleChanges changes)
    {
        for (var i = 1; i < _rows.Count; i++)
        {
            var (before, row) = (_rows[i - 1], _rows[i]);
            if (makeFlats && row.OpenTimeUs > before.EndUs && IsProven(before, row, ranges))
            {
                var flats = FlatsBetween(before, row.OpenTimeUs);
                _rows.InsertRange(i, flats);
                i += flats.Count;
                before = flats[^1];
            }
            if (!row.IsFlat) continue;
            var (old, price) = (row.State == CandleState.Final ? row.ToCandle(instrument) : null, row.FlatPrice);
            if (row.Follow(before) && old is not null && price != row.FlatPrice) Revise(row, old, changes);
        }
    }

    /// <summary>Appends flat candles up to the one that holds <paramref name="horizonUs"/>, at most <paramref name="most"/> at a time.</summary>
    public void ExtendTo(long horizonUs, int most)
    {
        while (_rows.Count > 0 && _rows[^1].EndUs <= horizonUs && most-- > 0) _rows.Add(CandleRow.Flat(_rows[^1], _rows[^1].EndUs));
    }

    /// <summary>Adds newer rows; used where a loaded stretch reaches to the rows that are kept.</summary>
    public void Append(CandleList newer) => _rows.AddRange(newer._rows);

    /// <summary>Puts the rows from <paramref name="firstOpenUs"/> on of a joined list in the place of those kept.</summary>
    public void TakeFrom(CandleList joined, long firstOpenUs)
    {
        var kept = joined._rows.Where(r => r.OpenTimeUs >= firstOpenUs).ToList();
        _rows.Clear();
        _rows.AddRange(kept);
    }

    /// <summary>
    /// Drops the oldest rows that are settled, as memory holds open candles only. The newest final one stays as the one
    /// that later ones follow, and a row before a hole stays until the hole is filled.
    /// </summary>
    public void Evict()
    {
        var drop = 0;
        while (drop + 2 < _rows.Count && IsSettled(_rows[drop]) && IsSettled(_rows[drop + 1])) drop++;
        if (drop > 0) _rows.RemoveRange(0, drop);
    }

    public bool Spans(long openUs) => openUs >= SpanUs.FromUs && openUs < SpanUs.ToUs;

    /// <summary>The row that starts at the time, or null.</summary>
    public CandleRow? At(long openUs) => Find(openUs) is >= 0 and var at ? _rows[at] : null;

    private static bool IsSettled(CandleRow row) => row is { State: CandleState.Final, IsDirty: false };

    private static bool IsProven(CandleRow before, CandleRow row, IdRanges ranges) =>
        before.AnchorId >= 0 && (row.IsFlat ? row.AnchorId <= before.AnchorId : ranges.Contains(before.AnchorId, row.Fragment.FirstId));

    private static void Revise(CandleRow row, Candle before, CandleChanges changes)
    {
        if (row.State != CandleState.Final) return;
        changes.Replaced.Add(before);
        row.Revision++;
    }

    private List<CandleRow> FlatsBetween(CandleRow before, long endUs)
    {
        var flats = new List<CandleRow>();
        for (var openUs = before.EndUs; openUs < endUs; openUs += Interval.LengthUs) flats.Add(CandleRow.Flat(before, openUs));
        return flats;
    }

    private int Find(long openUs)
    {
        // Nearly always one of the last.
        for (var i = _rows.Count - 1; i >= 0 && i >= _rows.Count - 3; i--)
        {
            if (_rows[i].OpenTimeUs == openUs) return i;
            if (_rows[i].OpenTimeUs < openUs) return ~(i + 1);
        }
        int low = 0, high = _rows.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (_rows[middle].OpenTimeUs == openUs) return middle;
            if (_rows[middle].OpenTimeUs < openUs) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
