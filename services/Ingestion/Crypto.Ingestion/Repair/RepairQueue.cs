using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Repair;

/// <summary>
/// Gaps on their way to be repaired, by symbol; one worker at a time takes care of a symbol, so that its gaps share
/// requests. Never blocks whoever notices a gap. Safe for many threads.
/// </summary>
public sealed class RepairQueue
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TrackedSymbol, List<Gap>> _waiting = [];
    private readonly HashSet<TrackedSymbol> _busy = [];
    private readonly SemaphoreSlim _changed = new(0);

    public void Add(TrackedSymbol symbol, Gap gap)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(symbol, out var gaps)) _waiting[symbol] = gaps = [];
            gaps.Add(gap);
        }
        _changed.Release();
    }

    /// <summary>Waits for a symbol that has gaps and no worker. <see cref="Done"/> gives it back.</summary>
    public async Task<TrackedSymbol> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                foreach (var symbol in _waiting.Keys)
                    if (_busy.Add(symbol)) return symbol;
            }
            await _changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the gaps of a symbol that the caller works on.</summary>
    public IReadOnlyList<Gap> TakeAll(TrackedSymbol symbol)
    {
        lock (_gate) return _waiting.Remove(symbol, out var gaps) ? gaps : [];
    }

    public void Done(TrackedSymbol symbol)
    {
        lock (_gate) _busy.Remove(symbol);
        _changed.Release();
    }
}
