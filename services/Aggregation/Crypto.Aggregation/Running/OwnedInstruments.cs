using Crypto.Aggregation.Publishing;
using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Crypto.Postgres;

namespace Crypto.Aggregation.Running;

/// <summary>
/// The instruments of the partitions that this process reads. Everything here happens under <see cref="Gate"/>: batches,
/// the idle timer and recomputations take turns.
/// </summary>
public sealed class OwnedInstruments(
    StateLoader loader, InstrumentStore instruments, CandlePublisher publisher, TimeProvider clock) : IDisposable
{
    private readonly Dictionary<Instrument, InstrumentState> _states = [];
    private readonly Dictionary<int, PartitionProgress> _partitions = [];
    private readonly Dictionary<Instrument, (int Id, int Partition)> _members = [];
    private Instrument _lastInstrument;
    private InstrumentState? _last;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    public IReadOnlyCollection<InstrumentState> States => _states.Values;

    /// <summary>The instruments of this process with the times of their newest trades; waits for its turn.</summary>
    public async Task<IReadOnlyList<(int Id, Instrument Instrument, long NewestTradeUs)>> ListAsync(CancellationToken cancellation)
    {
        await Gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return [.. _states.Values.Select(state => (state.Id, state.Instrument, state.NewestTradeUs))];
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>The progress of a partition of <c>crypto.trades</c>; null where it is not read here.</summary>
    public PartitionProgress? ProgressOf(int partition) => _partitions.GetValueOrDefault(partition);

    /// <summary>A partition of <c>crypto.trades</c> is read from now on: its candles are loaded, the unpublished ones sent.</summary>
    public async Task AddPartitionAsync(int partition, long nextOffset, long latestOffset, CancellationToken cancellation)
    {
        _partitions[partition] = new PartitionProgress(clock, nextOffset, latestOffset);
        foreach (var (id, instrument) in await loader.InstrumentsOfAsync(partition, cancellation).ConfigureAwait(false))
        {
            await LoadAsync(id, instrument, partition, cancellation).ConfigureAwait(false);
            publisher.Enqueue(await loader.UnpublishedAsync(id, instrument, cancellation).ConfigureAwait(false));
        }
    }

    public void RemovePartition(int partition)
    {
        _partitions.Remove(partition);
        foreach (var (instrument, _) in _members.Where(member => member.Value.Partition == partition).ToList())
        {
            _members.Remove(instrument);
            _states.Remove(instrument);
        }
        _last = null;
    }

    /// <summary>The state of an instrument whose record came through this partition.</summary>
    public ValueTask<InstrumentState> GetAsync(Instrument instrument, int partition, CancellationToken cancellation)
    {
        // Neighbours in a log are mostly of the same instrument.
        if (_last is not null && ReferenceEquals(instrument.Symbol, _lastInstrument.Symbol) && instrument == _lastInstrument)
            return ValueTask.FromResult(_last);
        if (!_states.TryGetValue(instrument, out var state)) return FindAsync(instrument, partition, cancellation);
        (_lastInstrument, _last) = (instrument, state);
        return ValueTask.FromResult(state);
    }

    /// <summary>Drops what memory says of the instrument; the tables have the truth, and are read when it is needed again.</summary>
    public void Forget(InstrumentState state)
    {
        _states.Remove(state.Instrument);
        _last = null;
    }

    /// <summary>Reads the instruments back that were forgotten.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        if (_states.Count == _members.Count) return;
        foreach (var (instrument, (id, partition)) in _members.ToList())
            if (!_states.ContainsKey(instrument)) await LoadAsync(id, instrument, partition, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => Gate.Dispose();

    private async ValueTask<InstrumentState> FindAsync(Instrument instrument, int partition, CancellationToken cancellation)
    {
        var id = await instruments.GetOrCreateAsync(instrument, cancellation).ConfigureAwait(false);
        return await LoadAsync(id, instrument, partition, cancellation).ConfigureAwait(false);
    }

    private async Task<InstrumentState> LoadAsync(int id, Instrument instrument, int partition, CancellationToken cancellation)
    {
        var state = await loader.LoadAsync(id, instrument, partition, cancellation).ConfigureAwait(false);
        _last = null;
        _states[instrument] = state;
        _members[instrument] = (id, partition);
        return state;
    }
}
