using System.Globalization;
using System.Text;

namespace Crypto.Query.Metrics;

/// <summary>Writes Prometheus' text format 0.0.4, or OpenMetrics 1.0 for who asks for it.</summary>
internal static class MetricText
{
    public const string Prometheus = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    public static string Write(MetricCollector collector, bool openMetrics)
    {
        var text = new StringBuilder(16 * 1024);
        collector.Scrape((family, series) =>
        {
            // In OpenMetrics a counter's family has no _total; its samples have.
            var name = openMetrics && family.Kind == MetricKind.Counter ? family.Name[..^"_total".Length] : family.Name;
            text.Append("# HELP ").Append(name).Append(' ').Append(Escape(family.Description)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(family.Kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (var one in series) WriteSeries(text, family.Name, one);
        });
        if (openMetrics) text.Append("# EOF\n");
        return text.ToString();
    }

    private static void WriteSeries(StringBuilder text, string name, MetricSeries series)
    {
        switch (series)
        {
            case SumSeries sum:
                Sample(text, name, series.Labels, sum.Value);
                break;
            case LastValueSeries last:
                Sample(text, name, series.Labels, last.Value);
                break;
            case HistogramSeries histogram:
                WriteHistogram(text, name, histogram);
                break;
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, HistogramSeries histogram)
    {
        var counts = histogram.Cumulative();
        var separator = histogram.Labels.Length > 0 ? "," : "";
        for (var i = 0; i < counts.Length; i++)
        {
            var bound = i < histogram.Bounds.Length ? Number(histogram.Bounds[i]) : "+Inf";
            Sample(text, name + "_bucket", $"{histogram.Labels}{separator}le=\"{bound}\"", counts[i]);
        }
        Sample(text, name + "_sum", histogram.Labels, histogram.Sum);
        Sample(text, name + "_count", histogram.Labels, counts[^1]);
    }

    private static void Sample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string text) => text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
