using System.Globalization;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Backfill;
using Crypto.Ingestion.Exchange;
using Crypto.Storage.Trades;
using IdRange = Crypto.Storage.Ledger.IdRange;

namespace Crypto.Standalone.Backfill;

/// <summary>Brings stored aggregates together with the single trades that they stand for, a transaction for every thousand trades or so.</summary>
internal sealed class AggregateSwap(AggregateReplacement store, Instrument instrument, TimeProvider clock)
{
    private const int TradesAtOnce = 1000;
    private readonly List<IdRange> _aggregates = [];
    private readonly List<Trade> _singles = [];

    /// <summary>Aggregates that were replaced.</summary>
    public int Replaced { get; private set; }

    /// <summary>With single trades from REST.</summary>
    public async Task FetchAsync(IReadOnlyList<IdRange> aggregates, HistoryBackfill exchange, Action<int> onDone, CancellationToken cancellation)
    {
        for (var next = 0; next < aggregates.Count;)
        {
            var rows = await exchange.SinglesFromAsync(aggregates[next].First, cancellation);
            if (rows.Length == 0) break;
            Take(rows);
            // One that is longer than an answer needs the next one as well.
            while (rows.Length > 0 && rows[^1].Id < aggregates[next].Last)
                Take(rows = await exchange.SinglesFromAsync(rows[^1].Id + 1, cancellation));
            while (next < aggregates.Count && aggregates[next].Last <= _singles[^1].TradeId) _aggregates.Add(aggregates[next++]);
            if (_aggregates.Count == 0) break;
            await FlushAsync(cancellation);
            onDone(next);
        }
    }

    /// <summary>With the single trades of a file.</summary>
    public async Task ReadAsync(IReadOnlyList<IdRange> aggregates, ArchiveFile file, Action<int> onDone, CancellationToken cancellation)
    {
        var next = 0;
        foreach (var row in file.Read())
        {
            while (next < aggregates.Count && aggregates[next].Last < row.Id) _aggregates.Add(aggregates[next++]);
            if (_singles.Count >= TradesAtOnce && _aggregates.Count > 0)
            {
                await FlushAsync(cancellation);
                onDone(next);
            }
            if (next == aggregates.Count) break;
            if (row.Id >= aggregates[next].First && row.Id == row.LastId) Take([row]);
        }
        _aggregates.AddRange(aggregates.Skip(next).Where(ids => _singles.Count > 0 && ids.Last <= _singles[^1].TradeId));
        await FlushAsync(cancellation);
        onDone(aggregates.Count);
    }

    private async Task FlushAsync(CancellationToken cancellation)
    {
        if (_aggregates.Count > 0 && _singles.Count > 0) Replaced += await store.ReplaceAsync(instrument, _aggregates, _singles, cancellation);
        // What lies behind the last whole aggregate may belong to the next one.
        var done = _aggregates.Count > 0 ? _aggregates[^1].Last : -1;
        _singles.RemoveAll(trade => trade.TradeId <= done);
        _aggregates.Clear();
    }

    private void Take(RestTrade[] rows)
    {
        var known = _singles.Count > 0 ? _singles[^1].TradeId : -1;
        foreach (var row in rows.OrderBy(row => row.Id))
            if (row.IsTrade && row.Id > known)
                _singles.Add(new Trade(instrument, row.Id, row.Id, Number(row.Price), Number(row.Quantity), row.TimeUs, row.TimeUs,
                    UnixTime.NowMicroseconds(clock), row.IsBuyerMaker, TradeOrigin.Backfill));
    }

    private static decimal Number(byte[] digits) => decimal.Parse(Encoding.ASCII.GetString(digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
