using Crypto.Contracts;
using Crypto.Postgres;
using Crypto.Storage.Ledger;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Storage.Trades;

/// <summary>
/// The transaction: instruments locked, offsets moved, trades judged by the ledger, new ones copied, ledger and gaps written.
/// Every attempt begins from the database, so any of them may fail anywhere.
/// </summary>
/// <param name="dataSource">The database.</param>
/// <param name="instruments">The instruments' ids.</param>
/// <param name="offsets">The consumer's offsets.</param>
/// <param name="clock">When gaps were repaired.</param>
/// <param name="logger">For what an operator should know.</param>
/// <param name="fences">
/// False where a broker keeps the offsets: then those here are a mark of progress that only rises, and the ids alone decide.
/// </param>
internal sealed class TradeStore(
    NpgsqlDataSource dataSource, InstrumentStore instruments, StreamOffsetStore offsets, TimeProvider clock, ILogger logger, bool fences = true)
{
    private readonly TradeDays _days = new(dataSource);
    private readonly Dictionary<Instrument, InstrumentLedger> _ledgers = [];
    private readonly HashSet<long> _batchDays = [];
    private readonly BinaryRows _buffer = new();
    private readonly List<TradeRow> _copied = [];
    private readonly List<TradeRow> _inserted = [];
    private readonly List<(InstrumentLedger Ledger, Trade Aggregate)> _mixed = [];
    private readonly PartialAggregates _partial = new(logger);

    /// <exception cref="FencedException">An offset is not where this consumer left it.</exception>
    public async Task<BatchResult> StoreAsync(
        ReadBatch read, IReadOnlyList<(StreamPosition From, StreamPosition To)> moves, CancellationToken cancellation)
    {
        await PrepareAsync(read, cancellation).ConfigureAwait(false);
        try
        {
            return await TransactAsync(read, moves, isSafe: false, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The table has rows that the ledger does not know: somebody wrote by hand. The index is the safety net.
            return await TransactAsync(read, moves, isSafe: true, cancellation).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // A day was dropped by the retention since it was made; late trades of it make it anew.
            _days.Forget();
            await _days.EnsureAsync(_batchDays, cancellation).ConfigureAwait(false);
            return await TransactAsync(read, moves, isSafe: false, cancellation).ConfigureAwait(false);
        }
    }

    private async Task PrepareAsync(ReadBatch read, CancellationToken cancellation)
    {
        _ledgers.Clear();
        _batchDays.Clear();
        var windows = WindowsOf(read);
        foreach (var (instrument, window) in windows)
            _ledgers[instrument] = new InstrumentLedger(await instruments.GetOrCreateAsync(instrument, cancellation).ConfigureAwait(false), window);
        await _days.EnsureAsync(_batchDays, cancellation).ConfigureAwait(false);
    }

    private Dictionary<Instrument, IdRange> WindowsOf(ReadBatch read)
    {
        var windows = new Dictionary<Instrument, IdRange>();
        var (instrument, window, day) = (default(Instrument), default(IdRange), -1L);
        // Neighbours mostly share instrument and day, so both are looked up only where they change.
        foreach (ref readonly var trade in read.Trades)
        {
            if (trade.Instrument != instrument)
            {
                if (instrument != default) windows[instrument] = window;
                instrument = trade.Instrument;
                if (!windows.TryGetValue(instrument, out window)) window = new IdRange(trade.TradeId, trade.LastTradeId);
            }
            window = new IdRange(Math.Min(window.First, trade.TradeId), Math.Max(window.Last, trade.LastTradeId));
            var tradeDay = trade.TradeTimeUs / Interval.OneDay.LengthUs;
            if (tradeDay != day) _batchDays.Add(day = tradeDay);
        }
        if (instrument != default) windows[instrument] = window;
        foreach (var coverage in read.Coverage)
        {
            // Gap events do not touch the ledger, and may be far from it; they only need the instrument.
            var ids = new IdRange(coverage.FirstTradeId, coverage.Kind == CoverageKind.Void ? coverage.LastTradeId : coverage.FirstTradeId);
            windows[coverage.Instrument] = windows.TryGetValue(coverage.Instrument, out var known)
                ? coverage.Kind == CoverageKind.Void ? new IdRange(Math.Min(known.First, ids.First), Math.Max(known.Last, ids.Last)) : known
                : ids;
        }
        return windows;
    }

    private async Task<BatchResult> TransactAsync(
        ReadBatch read, IReadOnlyList<(StreamPosition From, StreamPosition To)> moves, bool isSafe, CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await LockAndMoveAsync(connection, moves, cancellation).ConfigureAwait(false);
        var duplicates = Judge(read, isSafe);
        var partial = _mixed.Count;
        if (partial > 0) await CompleteAsync(connection, cancellation).ConfigureAwait(false);
        if (_copied.Count > 0) await TradeWriter.CopyAsync(connection, _copied, _buffer, cancellation).ConfigureAwait(false);
        var stored = _copied.Count;
        await using (var batch = new NpgsqlBatch(connection))
        {
            if (_inserted.Count > 0) TradeWriter.Insert(batch, _inserted);
            LedgerStore.Write(batch, _ledgers.Values);
            GapStore.Apply(batch, read.Coverage.Select(coverage => (_ledgers[coverage.Instrument].InstrumentId, coverage)));
            if (_ledgers.Count > 0) GapStore.CloseCovered(batch, _ledgers.Values, clock.GetUtcNow().UtcDateTime);
            if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
            if (_inserted.Count > 0)
            {
                var inserted = (int)batch.BatchCommands[0].RecordsAffected;
                stored += inserted;
                duplicates += _inserted.Count - inserted;
            }
        }
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        return new BatchResult(stored, duplicates, partial, read.Coverage.Count);
    }

    private async Task LockAndMoveAsync(
        NpgsqlConnection connection, IReadOnlyList<(StreamPosition From, StreamPosition To)> moves, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(LedgerStore.Lock(_ledgers.Values));
        batch.BatchCommands.Add(LedgerStore.ReadRanges(_ledgers.Values));
        var move = fences ? offsets.Move(moves) : offsets.Raise([.. moves.Select(one => one.To)]);
        batch.BatchCommands.Add(move);
        await using (var reader = await batch.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            await LedgerStore.LoadAsync(reader, _ledgers.Values, cancellation).ConfigureAwait(false);
            await reader.NextResultAsync(cancellation).ConfigureAwait(false);
        }
        if (fences && (int)move.RecordsAffected != moves.Count) throw new FencedException("another consumer moved the offsets of this batch");
    }

    /// <summary>After everything else of the batch was judged: the missing rest of aggregates that are covered in part.</summary>
    private async Task CompleteAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        foreach (var (ledger, aggregate) in _mixed)
        {
            var rows = await _partial.CompleteAsync(connection, ledger, aggregate, _copied.Concat(_inserted).ToList(), cancellation)
                .ConfigureAwait(false);
            foreach (var row in rows)
            {
                ledger.Cover(new IdRange(row.Trade.TradeId, row.Trade.LastTradeId));
                _inserted.Add(row);
            }
        }
    }

    /// <summary>Sorts the trades: copied, inserted, kept for later, or dropped as duplicates; returns the number of the latter.</summary>
    private int Judge(ReadBatch read, bool isSafe)
    {
        _copied.Clear();
        _inserted.Clear();
        _mixed.Clear();
        var duplicates = 0;
        InstrumentLedger? ledger = null;
        var instrument = default(Instrument);
        foreach (ref readonly var trade in read.Trades)
        {
            if (trade.Instrument != instrument || ledger is null)
            {
                instrument = trade.Instrument;
                ledger = _ledgers[instrument];
            }
            switch (ledger.Accept(trade))
            {
                case Acceptance.New when trade.TradeId > ledger.StoredHighWater && !isSafe:
                    _copied.Add(new TradeRow(ledger.InstrumentId, trade));
                    break;
                case Acceptance.New:
                    _inserted.Add(new TradeRow(ledger.InstrumentId, trade));
                    break;
                case Acceptance.Duplicate:
                    duplicates++;
                    break;
                default:
                    _mixed.Add((ledger, trade));
                    break;
            }
        }
        foreach (var coverage in read.Coverage)
            if (coverage.Kind == CoverageKind.Void)
                _ledgers[coverage.Instrument].Void(new IdRange(coverage.FirstTradeId, coverage.LastTradeId), coverage.Reason);
        return duplicates;
    }
}
