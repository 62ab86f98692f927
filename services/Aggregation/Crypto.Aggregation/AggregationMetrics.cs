using System.Diagnostics;
using System.Diagnostics.Metrics;
using Crypto.Contracts;

namespace Crypto.Aggregation;

/// <summary>Meter and activity source <c>Crypto.Aggregation</c>.</summary>
public sealed class AggregationMetrics : IDisposable
{
    public const string Name = "Crypto.Aggregation";

    public static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _trades;
    private readonly Counter<long> _repeats;
    private readonly Counter<long> _fromStore;
    private readonly Counter<long> _late;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _committed;
    private readonly Counter<long> _recomputed;
    private readonly Counter<long> _revisions;
    private readonly Counter<long> _published;
    private readonly Counter<long> _publishFailures;
    private readonly Histogram<double> _latency;
    private long _waiting;

    public AggregationMetrics()
    {
        _trades = _meter.CreateCounter<long>("crypto.aggregation.trades", "{trade}", "Trades folded into candles");
        _repeats = _meter.CreateCounter<long>("crypto.aggregation.repeats", "{trade}", "Trades dropped because their ids were folded before");
        _fromStore = _meter.CreateCounter<long>("crypto.aggregation.from_store", "{trade}", "Trades folded from the store because the log no longer had them");
        _late = _meter.CreateCounter<long>("crypto.aggregation.late", "{candle}", "Settled candles queued because a trade of theirs came late");
        _refused = _meter.CreateCounter<long>("crypto.aggregation.refused", "{record}", "Records that are no trade, or one that cannot be summed exactly");
        _committed = _meter.CreateCounter<long>("crypto.aggregation.candles", "{candle}", "Candle states committed");
        _recomputed = _meter.CreateCounter<long>("crypto.aggregation.recomputed", "{candle}", "Candles computed anew from stored trades");
        _revisions = _meter.CreateCounter<long>("crypto.aggregation.revisions", "{candle}", "Settled candles of which a field changed");
        _published = _meter.CreateCounter<long>("crypto.aggregation.published", "{candle}", "Candle states delivered to Kafka");
        _publishFailures = _meter.CreateCounter<long>("crypto.aggregation.publish.failures", "{candle}", "Candle states that were not delivered and sent again");
        _latency = _meter.CreateHistogram<double>("crypto.aggregation.latency", "s", "From a trade's arrival at ingestion to its committed candle");
        _meter.CreateObservableGauge("crypto.aggregation.recomputations.waiting", () => Volatile.Read(ref _waiting), "{candle}",
            "Candles that wait to be computed anew");
    }

    public void Folded(long trades, long repeats)
    {
        _trades.Add(trades);
        if (repeats > 0) _repeats.Add(repeats);
    }

    public void FoldedFromStore(long trades) => _fromStore.Add(trades);

    public void Refused() => _refused.Add(1);

    public void Committed(int candles, int late, int revisions)
    {
        _committed.Add(candles);
        if (late > 0) _late.Add(late);
        if (revisions > 0) _revisions.Add(revisions);
    }

    public void Recomputed(int candles) => _recomputed.Add(candles);

    public void Waiting(long recomputations) => Volatile.Write(ref _waiting, recomputations);

    public void Published() => _published.Add(1);

    public void PublishFailed() => _publishFailures.Add(1);

    public void Latency(TimeSpan latency) => _latency.Record(latency.TotalSeconds);

    /// <summary>Registers the score of the comparison with the exchange's candles, 0 to 1.</summary>
    public void ObserveReconciliation(Func<IEnumerable<(Contracts.Instrument Instrument, Interval Interval, double Score)>> scores) =>
        _meter.CreateObservableGauge("crypto.aggregation.reconciliation.score", () => scores().Select(s => new Measurement<double>(
            s.Score, new("symbol", s.Instrument.Key), new("interval", s.Interval.Name))), "1", "Candles equal to the exchange's, of those compared");

    public void Dispose() => _meter.Dispose();
}
