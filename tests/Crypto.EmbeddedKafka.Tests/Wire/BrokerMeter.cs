using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>What the brokers of this process say about themselves from now on.</summary>
internal sealed class BrokerMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = [];

    internal BrokerMeter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Crypto.EmbeddedKafka")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of what a counter counted; of a gauge, the last value.</summary>
    /// <param name="name">The instrument, with its tags' values behind it: <c>kafka.broker.log.size topic</c>.</param>
    internal double Sum(string name) => _sums.GetValueOrDefault(name);

    /// <summary>Asks the gauges.</summary>
    internal void Collect() => _listener.RecordObservableInstruments();

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = instrument.Name;
        foreach (var tag in tags)
            name += $" {tag.Value}";
        _sums.AddOrUpdate(name, value, (_, sum) => instrument.IsObservable ? value : sum + value);
    }
}
