using Crypto.Aggregation.Folding;
using Crypto.Contracts;

namespace Crypto.Bench.Aggregate;

/// <summary>Trades in memory, and the two ways to fold them: the platform's, and the loop that everybody writes first.</summary>
internal sealed class FoldLoad
{
    private const int BatchSize = 10_000;

    private readonly Trade[] _trades;

    public FoldLoad(int count)
    {
        var instrument = new Instrument(Venues.Binance, "BTCUSDT");
        var random = new Random(1);
        _trades = new Trade[count];
        var timeUs = UnixTime.ToMicroseconds(new DateTime(2024, 8, 9, 0, 0, 1, DateTimeKind.Utc));
        var price = 6_168_599L;
        for (var i = 0; i < count; i++)
        {
            // As busy as a busy hour: some thousand trades a second, many in the same instant.
            timeUs += random.Next(3) == 0 ? random.Next(600) : 0;
            price += random.Next(-20, 21);
            _trades[i] = new Trade(
                instrument, i, i, new decimal(price) / 100m + 0.00000000m, new decimal(random.Next(1, 1_000_000)) / 100_000m + 0.00000000m,
                timeUs, timeUs, timeUs, random.Next(2) == 0, TradeOrigin.Stream);
        }
    }

    /// <summary>Ids checked, seven intervals, merged batch by batch as the role does. Bytes allocated are per trade.</summary>
    public (double Rate, double BytesPerTrade) Ours()
    {
        var fold = new IntervalFold(Interval.All);
        Run(fold, new IdRanges(), BatchSize * 4); // grows the arrays
        var ranges = new IdRanges();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        Run(fold, ranges, _trades.Length);
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return (_trades.Length / seconds, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / _trades.Length);
    }

    /// <summary>A dictionary of candles for every interval and decimals that are added up.</summary>
    public double Naive()
    {
        var begin = System.Diagnostics.Stopwatch.GetTimestamp();
        var candles = new Dictionary<(Interval, long), NaiveCandle>();
        var known = new HashSet<long>();
        foreach (var trade in _trades)
        {
            if (!known.Add(trade.TradeId)) continue;
            foreach (var interval in Interval.All)
            {
                var key = (interval, interval.OpenTimeOf(trade.TradeTimeUs));
                if (!candles.TryGetValue(key, out var candle)) candles[key] = candle = new NaiveCandle(trade.Price);
                candle.Add(trade);
            }
        }
        return _trades.Length / System.Diagnostics.Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private void Run(IntervalFold fold, IdRanges ranges, int count)
    {
        for (var i = 0; i < count; i++)
        {
            ref readonly var trade = ref _trades[i];
            if (ranges.Add(trade.TradeId, trade.LastTradeId) == IdOverlap.None && ExactTrade.TryCreate(trade, out var exact))
                fold.Add(trade.TradeTimeUs, exact);
            if (i % BatchSize != BatchSize - 1) continue;
            fold.Merged();
            fold.Clear();
        }
    }

    private sealed class NaiveCandle(decimal price)
    {
        private decimal _high = price, _low = price, _close, _volume, _quote, _takerVolume, _takerQuote;
        private long _count;

        public void Add(in Trade trade)
        {
            _high = Math.Max(_high, trade.Price);
            _low = Math.Min(_low, trade.Price);
            _close = trade.Price;
            _volume += trade.Quantity;
            _quote += trade.Price * trade.Quantity;
            _count++;
            if (trade.IsBuyerMaker) return;
            _takerVolume += trade.Quantity;
            _takerQuote += trade.Price * trade.Quantity;
        }

        public override string ToString() => $"{_high} {_low} {_close} {_volume} {_quote} {_takerVolume} {_takerQuote} {_count}";
    }
}
