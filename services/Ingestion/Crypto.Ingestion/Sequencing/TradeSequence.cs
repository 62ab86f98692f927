namespace Crypto.Ingestion.Sequencing;

/// <summary>What an id from the stream means.</summary>
public enum Observation : byte
{
    /// <summary>The next id, or one that was missing.</summary>
    New,

    /// <summary>A new id after others that did not come; they are missing now.</summary>
    NewAfterGap,

    /// <summary>Published before.</summary>
    Duplicate,

    /// <summary>So far from its neighbours that the frame is not believed before REST confirms it.</summary>
    Implausible,
}

/// <summary>
/// Which ids of one instrument were published and which are missing. Ids from <see cref="First"/> to
/// <see cref="Newest"/> are published unless missing or given up; ids outside are unknown. Safe for many threads, so that
/// overlapping connections and repairs share it: an id is handed to one of them only.
/// </summary>
public sealed class TradeSequence
{
    /// <summary>A jump of more ids than this is asked back at the exchange; an hour of the busiest symbol is less.</summary>
    public const long PlausibleJumpMax = 5_000_000;

    private readonly Lock _gate = new();
    private readonly IdRangeSet _missing = new();
    private readonly IdRangeSet _givenUp = new();
    private long _first = -1;
    private long _newest = -1;
    private bool _sawStream;

    /// <summary>The lowest id that was published or is missing; -1 while nothing is known.</summary>
    public long First
    {
        get
        {
            lock (_gate) return _first;
        }
    }

    /// <summary>The highest id known to exist; -1 while nothing is known.</summary>
    public long Newest
    {
        get
        {
            lock (_gate) return _newest;
        }
    }

    /// <summary>The number of ids missing now.</summary>
    public long MissingCount
    {
        get
        {
            lock (_gate) return _missing.Count;
        }
    }

    /// <summary>An id came over the stream.</summary>
    /// <param name="id">The id.</param>
    /// <param name="skipped">The ids that are missing because of it, when the answer is <see cref="Observation.NewAfterGap"/>.</param>
    public Observation Observe(long id, out IdRange skipped)
    {
        skipped = default;
        lock (_gate)
        {
            var isFirstFrame = !_sawStream;
            _sawStream = true;
            if (id == _newest + 1 && _newest >= 0)
            {
                _newest = id;
                return Observation.New;
            }
            // Before the first frame REST's newest id was all that was known. Frames that were in the socket when it
            // answered lie below it, and the stream itself tells from the first of them on.
            if (_newest < 0 || (isFirstFrame && _first > _newest && id < _first))
            {
                _first = _newest = id;
                return Observation.New;
            }
            if (id > _newest)
            {
                if (id - _newest > PlausibleJumpMax) return Observation.Implausible;
                skipped = new IdRange(_newest + 1, id - 1);
                _missing.Add(skipped);
                _newest = id;
                return Observation.NewAfterGap;
            }
            if (id < _first) return ObserveBelow(id, out skipped);
            if (!_missing.Contains(id)) return Observation.Duplicate;
            _missing.Remove(new IdRange(id, id));
            return Observation.New;
        }
    }

    /// <summary>
    /// REST says that ids up to <paramref name="newest"/> exist. Answers with those that are missing because of it: none where
    /// nothing was known before, since only the ledger can say then.
    /// </summary>
    public IdRange? RaiseTo(long newest)
    {
        lock (_gate)
        {
            if (newest <= _newest) return null;
            if (_newest < 0)
            {
                (_first, _newest) = (newest + 1, newest);
                return null;
            }
            var raised = new IdRange(_newest + 1, newest);
            _newest = newest;
            _missing.Add(raised);
            return raised;
        }
    }

    /// <summary>Ids that turn out not to be in the ledger. Ids that were given up stay so.</summary>
    /// <returns>The ids that became missing by it.</returns>
    public List<IdRange> MarkMissing(IdRange range)
    {
        lock (_gate)
        {
            var marked = new List<IdRange>();
            foreach (var wanted in _givenUp.Outside(range)) marked.AddRange(_missing.Outside(wanted));
            foreach (var missing in marked) _missing.Add(missing);
            if (_first < 0 || range.First < _first) _first = range.First;
            if (range.Last > _newest) _newest = range.Last;
            return marked;
        }
    }

    /// <summary>
    /// Ids that the ledger lacks, at a time when this life already publishes: of those from <see cref="First"/> to
    /// <see cref="Newest"/> it knows better, the others become missing. Ids that were given up stay so.
    /// </summary>
    /// <returns>The ids that became missing by it.</returns>
    public List<IdRange> MarkUnknown(IEnumerable<IdRange> lacking)
    {
        lock (_gate)
        {
            var unknown = new IdRangeSet();
            foreach (var range in lacking) unknown.Add(range);
            if (_first >= 0 && _first <= _newest) unknown.Remove(new IdRange(_first, _newest));
            return [.. unknown.Ranges.SelectMany(MarkMissing)];
        }
    }

    /// <summary>The ledger knows ids from here on: nothing between is missing unless marked so.</summary>
    public void Extend(IdRange known)
    {
        lock (_gate)
        {
            _first = _first < 0 ? known.First : Math.Min(_first, known.First);
            _newest = Math.Max(_newest, known.Last);
        }
    }

    /// <summary>True where all ids were missing; they are the caller's to publish now.</summary>
    public bool TryTake(IdRange range)
    {
        lock (_gate)
        {
            if (!_missing.ContainsAll(range)) return false;
            _missing.Remove(range);
            return true;
        }
    }

    /// <summary>The ids cannot be had; they are no longer asked for.</summary>
    public void GiveUp(IdRange range)
    {
        lock (_gate)
        {
            _missing.Remove(range);
            _givenUp.Add(range);
        }
    }

    /// <summary>The ids of the range that were given up.</summary>
    public List<IdRange> GivenUpWithin(IdRange range)
    {
        lock (_gate) return _givenUp.Within(range);
    }

    /// <summary>The ids of the range that are missing now.</summary>
    public List<IdRange> MissingWithin(IdRange range)
    {
        lock (_gate) return _missing.Within(range);
    }

    /// <summary>The ids from first to <paramref name="last"/> that should be in the store: neither missing nor given up.</summary>
    public IdRangeSet PublishedUpTo(long last)
    {
        lock (_gate)
        {
            var published = new IdRangeSet();
            if (_first < 0 || last < _first) return published;
            published.Add(new IdRange(_first, Math.Min(last, _newest)));
            foreach (var range in _missing.Ranges) published.Remove(range);
            foreach (var range in _givenUp.Ranges) published.Remove(range);
            return published;
        }
    }

    private Observation ObserveBelow(long id, out IdRange skipped)
    {
        skipped = default;
        if (_first - id > PlausibleJumpMax) return Observation.Implausible;
        var hasGap = id + 1 < _first;
        if (hasGap)
        {
            skipped = new IdRange(id + 1, _first - 1);
            _missing.Add(skipped);
        }
        _first = id;
        return hasGap ? Observation.NewAfterGap : Observation.New;
    }
}
