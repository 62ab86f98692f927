using Crypto.Contracts;
using Crypto.Query.Data;

namespace Crypto.Query.Live;

/// <summary>
/// One client's way through a symbol's trades: with a last id seen, first what was stored above it, page by page, then what
/// memory has above that, then every trade as it comes. Nothing is left out without being counted, nothing is told twice.
/// </summary>
/// <param name="series">The live trades.</param>
/// <param name="queries">The stored ones.</param>
/// <param name="instrument">Of which symbol.</param>
/// <param name="resumeAfter">The last trade id that the client has seen; null for live trades only.</param>
internal sealed class TradeReader(TradeSeries series, TradeQueries queries, KnownInstrument instrument, long? resumeAfter)
{
    private const int Page = 1000;
    private const int Batch = 500;
    // What is live already is stored a moment later. Storage that is further behind is not waited for.
    private const int MaxTries = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    // Beyond so many a repaired trade may be told twice.
    private const int MaxRepaired = 100_000;

    private readonly HashSet<long> _repaired = [];
    private readonly long _start = series.Count;
    // A trade that came before the client may not be stored yet: so a resumed reader begins with the oldest in memory.
    private long _position = resumeAfter is null ? series.Count : 0;
    private long _seen = resumeAfter ?? -1;
    private bool _isPaging = resumeAfter is not null;
    private bool _isJoining = resumeAfter is not null;
    private int _tries;

    /// <summary>Completes at the next live trade; take it before reading.</summary>
    public Task NextChange => series.NextChange;

    /// <summary>The next trades; none where the next one has not come yet.</summary>
    /// <returns>How many trades before these are left out: memory has them no longer, or neither memory nor the store has them.</returns>
    public async ValueTask<long> ReadAsync(List<TradeEntry> trades, CancellationToken cancellation)
    {
        while (true)
        {
            if (_isPaging && await ReadPageAsync(trades, cancellation)) return 0;
            var before = _position;
            var missed = series.Read(ref _position, Batch, trades);
            if (resumeAfter is null) return missed;
            if (_isJoining)
            {
                // What memory had before that is stored; only a hole in the ids is a loss.
                missed = 0;
                if (trades.Find(IsAhead) is { } first)
                {
                    missed = first.Trade.TradeId - _seen - 1;
                    if (missed > 0 && _tries < MaxTries)
                    {
                        if (_tries++ > 0) await Task.Delay(Pause, cancellation);
                        (_position, _isPaging) = (before, true);
                        continue;
                    }
                    _isJoining = false;
                }
            }
            if (DropTold(trades) == 0 || trades.Count > 0 || missed > 0) return missed;
        }
    }

    private async Task<bool> ReadPageAsync(List<TradeEntry> trades, CancellationToken cancellation)
    {
        var page = await queries.AfterAsync(instrument, _seen, Page, cancellation);
        _isPaging = page.Count == Page;
        trades.Clear();
        foreach (var trade in page)
        {
            trades.Add(new TradeEntry(trade));
            _seen = trade.LastTradeId;
            if (trade.Origin == TradeOrigin.Repair && _repaired.Count < MaxRepaired) _repaired.Add(trade.TradeId);
        }
        if (page.Count > 0) _tries = 0;
        return page.Count > 0;
    }

    private bool IsAhead(TradeEntry entry) => entry.Trade.Origin == TradeOrigin.Stream && entry.Trade.TradeId > _seen;

    /// <summary>Trades that are both in memory and in the store, and repairs from before the client's last trade.</summary>
    private int DropTold(List<TradeEntry> trades)
    {
        var position = _position - trades.Count;
        return trades.RemoveAll(entry =>
        {
            var isOld = position++ < _start;
            return entry.Trade.Origin == TradeOrigin.Stream
                ? entry.Trade.TradeId <= _seen
                : _repaired.Contains(entry.Trade.TradeId) || (isOld && entry.Trade.TradeId <= resumeAfter);
        });
    }
}
