using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Crypto.Query.Metrics;

/// <summary>
/// Listens to the platform's meters and those of .NET, ASP.NET Core and Npgsql, and keeps what they measure until it is
/// scraped. A measurement is a look-up and an interlocked add.
/// </summary>
internal sealed class MetricCollector : IDisposable
{
    private static readonly string[] Meters =
        ["Crypto.", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly Lock _scraping = new();
    private long _scrape;

    public MetricCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Meters.Any(m => instrument.Meter.Name.StartsWith(m, StringComparison.Ordinal))) return;
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument, i => new MetricFamily(i)));
        };
        _listener.MeasurementsCompleted = (instrument, _) => _families.TryRemove(instrument, out MetricFamily? _);
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments and hands every family to <paramref name="write"/>.</summary>
    public void Scrape(Action<MetricFamily, IEnumerable<MetricSeries>> write)
    {
        lock (_scraping)
        {
            _scrape++;
            _listener.RecordObservableInstruments();
            // Instruments of one name (a meter made twice) are one family to Prometheus.
            foreach (var name in _families.Values.GroupBy(f => f.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                // One without a value is told too: who writes a rule sees that it will be there.
                write(name.First(), name.SelectMany(f => f.Series).Where(IsPresent).DistinctBy(s => s.Labels).ToList());
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private bool IsPresent(MetricSeries series) => series is not LastValueSeries { Scrape: > 0 } last || last.Scrape == _scrape;

    private void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (MetricFamily)state!;
        var series = family.Find(tags);
        series.Record(value);
        if (family.IsObservable && series is LastValueSeries last) last.Scrape = _scrape;
    }
}
