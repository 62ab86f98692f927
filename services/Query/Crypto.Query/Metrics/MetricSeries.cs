namespace Crypto.Query.Metrics;

/// <summary>The values of one set of tags. Written by any thread, read by a scrape.</summary>
internal abstract class MetricSeries(string labels)
{
    /// <summary><c>a="1",b="2"</c>, escaped; empty without tags.</summary>
    public string Labels { get; } = labels;

    public abstract void Record(double value);
}

/// <summary>A counter or up-down counter: the sum of what was added.</summary>
internal sealed class SumSeries(string labels) : MetricSeries(labels)
{
    private double _sum;

    public double Value => Volatile.Read(ref _sum);

    public override void Record(double value)
    {
        var known = Volatile.Read(ref _sum);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref _sum, known + value, known);
            if (before.Equals(known)) return;
            known = before;
        }
    }
}

/// <summary>A gauge, or what an observable instrument says at the scrape.</summary>
internal sealed class LastValueSeries(string labels) : MetricSeries(labels)
{
    private double _value;

    public double Value => Volatile.Read(ref _value);

    /// <summary>The scrape that it was last observed in; one that is observed no more is not shown.</summary>
    public long Scrape { get; set; }

    public override void Record(double value) => Volatile.Write(ref _value, value);
}

/// <summary>A histogram with fixed bounds.</summary>
internal sealed class HistogramSeries(string labels, double[] bounds) : MetricSeries(labels)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly SumSeries _sum = new("");

    public double[] Bounds { get; } = bounds;

    public double Sum => _sum.Value;

    public override void Record(double value)
    {
        var index = Array.BinarySearch(Bounds, value);
        Interlocked.Increment(ref _counts[index < 0 ? ~index : index]);
        _sum.Record(value);
    }

    /// <summary>How many values are at most each bound; the last one counts all.</summary>
    public long[] Cumulative()
    {
        var cumulative = new long[_counts.Length];
        var total = 0L;
        for (var i = 0; i < _counts.Length; i++) cumulative[i] = total += Volatile.Read(ref _counts[i]);
        return cumulative;
    }
}
