using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Crypto.Query.Metrics;

/// <summary>One instrument with all of its series, under the name that Prometheus knows it by.</summary>
internal sealed class MetricFamily
{
    // A tag with endless values must not fill the memory; what comes past the limit is counted together.
    private const int MaxSeries = 500;
    private const string Overflow = "overflow=\"true\"";
    private static readonly double[] DefaultBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, (KeyValuePair<string, object?>[] Tags, MetricSeries Series)> _known = new();
    private readonly Func<string, MetricSeries> _create;

    public MetricFamily(Instrument instrument)
    {
        var type = instrument.GetType();
        var kind = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        IsObservable = instrument.IsObservable;
        Kind = kind == typeof(Histogram<>) ? MetricKind.Histogram
            : kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        Name = MetricName.Of(instrument.Name, instrument.Unit, Kind);
        Description = instrument.Description ?? "";
        var bounds = Bounds(instrument);
        _create = Kind == MetricKind.Histogram ? labels => new HistogramSeries(labels, bounds)
            : IsObservable || kind == typeof(Gauge<>) ? labels => new LastValueSeries(labels)
            : labels => new SumSeries(labels);
    }

    public string Name { get; }

    public string Description { get; }

    public MetricKind Kind { get; }

    public bool IsObservable { get; }

    public IEnumerable<MetricSeries> Series => _series.Values.OrderBy(s => s.Labels, StringComparer.Ordinal);

    public MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Most measurements have tags that were seen just before; their text need not be made again.
        var hash = new HashCode();
        foreach (var (name, value) in tags)
        {
            hash.Add(name);
            hash.Add(value);
        }
        var key = hash.ToHashCode();
        if (_known.TryGetValue(key, out var seen) && Same(seen.Tags, tags)) return seen.Series;
        var series = FindByLabels(tags);
        if (_known.Count < MaxSeries) _known[key] = (tags.ToArray(), series);
        return series;
    }

    private static bool Same(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (known.Length != tags.Length) return false;
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value)) return false;
        }
        return true;
    }

    private MetricSeries FindByLabels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        if (_series.TryGetValue(labels, out var known)) return known;
        return _series.GetOrAdd(_series.Count < MaxSeries ? labels : Overflow, _create);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new StringBuilder();
        var sorted = tags.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        foreach (var (name, value) in sorted)
        {
            if (labels.Length > 0) labels.Append(',');
            labels.Append(MetricName.Clean(name)).Append("=\"");
            foreach (var c in Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "")
                _ = c switch { '\\' => labels.Append(@"\\"), '"' => labels.Append("\\\""), '\n' => labels.Append(@"\n"), _ => labels.Append(c) };
            labels.Append('"');
        }
        return labels.ToString();
    }

    private static double[] Bounds(Instrument instrument)
    {
        var advised = instrument switch
        {
            Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
            Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
            _ => null,
        };
        return advised is { Length: > 0 } ? advised
            : instrument.Unit is "ms" ? [.. DefaultBounds.Select(b => b * 1000)]
            : instrument.Unit is "s" ? DefaultBounds
            : [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
    }
}

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
