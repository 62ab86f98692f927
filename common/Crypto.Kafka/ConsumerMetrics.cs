using System.Diagnostics.Metrics;

namespace Crypto.Kafka;

/// <summary>Meter <c>Crypto.Kafka</c>, tag <c>consumer</c>.</summary>
internal sealed class ConsumerMetrics : IDisposable
{
    private readonly Meter _meter = new(DeadLetters.MeterName);
    private readonly KeyValuePair<string, object?> _consumer;
    private readonly Counter<long> _records;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _rebalances;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;

    public ConsumerMetrics(string consumer, ConsumerStatus status)
    {
        _consumer = new("consumer", consumer);
        _records = _meter.CreateCounter<long>("crypto.consumer.records", "{record}", "Records handled and committed");
        _retries = _meter.CreateCounter<long>("crypto.consumer.retries", "{attempt}", "Attempts of a batch that failed and were repeated");
        _fenced = _meter.CreateCounter<long>("crypto.consumer.fenced", "{batch}", "Batches given up because another member moved the offsets");
        _rebalances = _meter.CreateCounter<long>("crypto.consumer.assignments", "{assignment}", "Assignments taken");
        _duration = _meter.CreateHistogram<double>("crypto.consumer.batch.duration", "s", "Time from a batch's hand-over to its commit");
        _size = _meter.CreateHistogram<int>("crypto.consumer.batch.records", "{record}", "Records per batch");
        _meter.CreateObservableGauge(
            "crypto.consumer.lag", () => new Measurement<long>(status.LagRecords, _consumer), "{record}", "Records not yet handled");
        _meter.CreateObservableGauge("crypto.consumer.lag.time",
            () => new Measurement<double>(status.LagTime.TotalSeconds, _consumer), "s", "Age of the oldest record not yet handled");
    }

    public void Handled(int records, TimeSpan duration)
    {
        _records.Add(records, _consumer);
        _size.Record(records, _consumer);
        _duration.Record(duration.TotalSeconds, _consumer);
    }

    public void Retried() => _retries.Add(1, _consumer);

    public void Fenced() => _fenced.Add(1, _consumer);

    public void Assigned() => _rebalances.Add(1, _consumer);

    public void Dispose() => _meter.Dispose();
}
