using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>The names and units by which dashboards and rules know a consumer.</summary>
public sealed class ConsumerMetricsTests : IDisposable
{
    private readonly string _name = $"metrics {Guid.NewGuid()}";
    private readonly ConsumerStatus _status = new() { LagRecords = 7, LagTime = TimeSpan.FromSeconds(1.5) };
    private readonly ConcurrentDictionary<string, double> _sums = [];
    private readonly ConcurrentDictionary<string, string?> _units = [];
    private readonly MeterListener _listener = new();
    private readonly ConsumerMetrics _metrics;

    public ConsumerMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == DeadLetters.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
        _metrics = new ConsumerMetrics(_name, _status);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public void Work_and_trouble_are_counted_for_each_consumer()
    {
        _metrics.Handled(100, TimeSpan.FromSeconds(0.25));
        _metrics.Handled(50, TimeSpan.FromSeconds(0.5));
        _metrics.Retried();
        _metrics.Fenced();
        _metrics.Assigned();

        Assert.Equal((150, 150, 0.75), (_sums["crypto.consumer.records"], _sums["crypto.consumer.batch.records"], _sums["crypto.consumer.batch.duration"]));
        Assert.Equal((1, 1, 1), (_sums["crypto.consumer.retries"], _sums["crypto.consumer.fenced"], _sums["crypto.consumer.assignments"]));
        Assert.Equal("s", _units["crypto.consumer.batch.duration"]);
    }

    [Fact]
    public void Lag_is_what_the_status_says_when_it_is_asked_for()
    {
        _listener.RecordObservableInstruments();

        Assert.Equal((7, 1.5), (_sums["crypto.consumer.lag"], _sums["crypto.consumer.lag.time"]));
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Other consumers of this process are measured too.
        foreach (var (name, tag) in tags)
            if (name == "consumer" && Equals(tag, _name)) _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
        _units[instrument.Name] = instrument.Unit;
    }
}
