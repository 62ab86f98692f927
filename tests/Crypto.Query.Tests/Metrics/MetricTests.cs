using System.Diagnostics.Metrics;
using Crypto.Query.Metrics;
using Crypto.Query.Tests.Support;
using Xunit;

namespace Crypto.Query.Tests.Metrics;

public sealed class MetricTests : IDisposable
{
    private readonly Meter _meter = new("Crypto.Tests." + Guid.NewGuid().ToString("n"));
    private readonly MetricCollector _collector = new();

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counters_gauges_and_histograms_are_written_as_Prometheus_reads_them()
    {
        var counter = _meter.CreateCounter<long>("crypto.test.trades", "{trade}", "Trades.\nOf all.");
        counter.Add(2, new("symbol", "A\"B\\C\n"), new("a.b", 1));
        counter.Add(3, new("a.b", 1), new("symbol", "A\"B\\C\n"));
        _meter.CreateUpDownCounter<int>("crypto.test.open").Add(-4);
        _meter.CreateObservableGauge("crypto.test.lag", () => 1.5, "s");
        var histogram = _meter.CreateHistogram("crypto.test.wait", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.1, 0.5, 7 }) histogram.Record(value);
        AssertHolds(MetricText.Write(_collector, openMetrics: false), """
            # HELP crypto_test_trades_total Trades.\nOf all.
            # TYPE crypto_test_trades_total counter
            crypto_test_trades_total{a_b="1",symbol="A\"B\\C\n"} 5
            # TYPE crypto_test_open gauge
            crypto_test_open -4
            crypto_test_lag_seconds 1.5
            # TYPE crypto_test_wait_seconds histogram
            crypto_test_wait_seconds_bucket{le="0.1"} 1
            crypto_test_wait_seconds_bucket{le="1"} 2
            crypto_test_wait_seconds_bucket{le="+Inf"} 3
            crypto_test_wait_seconds_sum 7.6
            crypto_test_wait_seconds_count 3
            """);
    }

    [Fact]
    public void OpenMetrics_names_a_counters_family_without_total_and_ends_with_EOF()
    {
        _meter.CreateCounter<long>("crypto.test.records").Add(1);
        var text = MetricText.Write(_collector, openMetrics: true);
        AssertHolds(text, "# TYPE crypto_test_records counter\ncrypto_test_records_total 1");
        Assert.EndsWith("\n# EOF\n", text);
    }

    [Fact]
    public void A_tag_with_endless_values_does_not_fill_the_memory()
    {
        var counter = _meter.CreateCounter<long>("crypto.test.endless");
        for (var i = 0; i < 2000; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        var samples = MetricText.Write(_collector, false).Split('\n').Where(l => l.StartsWith("crypto_test_endless", StringComparison.Ordinal)).ToList();
        Assert.Equal(501, samples.Count);
        Assert.Contains("crypto_test_endless_total{overflow=\"true\"} 1500", samples);
    }

    [Fact]
    public void What_an_observable_instrument_says_no_more_is_not_shown()
    {
        var symbols = new List<string> { "A", "B" };
        _meter.CreateObservableGauge("crypto.test.seen", () => symbols.Select(s => new Measurement<int>(1, new KeyValuePair<string, object?>("s", s))));
        Assert.Contains("crypto_test_seen{s=\"B\"}", MetricText.Write(_collector, false));
        symbols.Remove("B");
        var text = MetricText.Write(_collector, false);
        Assert.Contains("crypto_test_seen{s=\"A\"}", text);
        Assert.DoesNotContain("crypto_test_seen{s=\"B\"}", text);
    }

    [Fact]
    public async Task The_endpoint_tells_of_this_role_and_of_the_runtime()
    {
        await using var database = await Crypto.Testing.TestPostgres.CreateAsync();
        await using var server = await QueryServer.StartAsync(database);
        await server.Http.GetAsync("/prices/latest");
        var text = await server.Http.GetStringAsync("/metrics");
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text);
        Assert.Contains("http_route=\"/prices/latest\"", text);
        Assert.Contains("dotnet_gc_collections_total", text);
    }

    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", "application/openmetrics-text", true)]
    [InlineData("text/plain;version=0.0.4", "text/plain", false)]
    [InlineData("*/*", "text/plain", false)]
    public async Task The_endpoint_speaks_OpenMetrics_to_who_accepts_it(string accept, string type, bool ends)
    {
        await using var database = await Crypto.Testing.TestPostgres.CreateAsync();
        await using var server = await QueryServer.StartAsync(database);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(ends, (await response.Content.ReadAsStringAsync()).EndsWith("# EOF\n", StringComparison.Ordinal));
    }

    private static void AssertHolds(string text, string lines)
    {
        foreach (var line in lines.Split('\n')) Assert.Contains(line + "\n", text);
    }
}
