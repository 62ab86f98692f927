using System.Text.Json;
using System.Text.RegularExpressions;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>What a running system tells of itself: traces and logs to the dashboard, metrics to Prometheus.</summary>
public sealed partial class ObservabilityTests(ObservedSystem system) : IClassFixture<ObservedSystem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [AspireFact]
    public async Task One_trace_spans_ingestion_storage_aggregation_and_query()
    {
        string[] services = ["aggregation", "ingestion", "query", "storage"];
        var seen = await DashboardAsync("traces", traces => traces
            .Select(trace => Sources(trace)).FirstOrDefault(sources => services.All(sources.Contains)));
        Assert.NotNull(seen);
        Assert.Contains(system.Dashboard, system.Process.Output, StringComparison.Ordinal);

        static HashSet<string> Sources(JsonElement trace) =>
            [.. trace.GetProperty("spans").EnumerateArray().Select(span => span.GetProperty("source").GetString()!)];
    }

    [AspireFact]
    public async Task Each_role_logs_as_a_service_of_its_own()
    {
        string[] roles = ["aggregation", "ingestion", "kafka", "market", "postgres", "query", "storage"];
        Assert.NotNull(await DashboardAsync("logs", lines =>
            lines.Select(line => line.GetProperty("resourceName").GetString()!).ToHashSet() is { } names && roles.All(names.Contains) ? names : null));
    }

    [AspireFact]
    public async Task Each_role_has_metrics_and_so_has_the_process()
    {
        string[] services = ["aggregation", "host", "ingestion", "kafka", "market", "postgres", "query", "storage"];
        using var http = new HttpClient { Timeout = Patience };
        using var patience = new CancellationTokenSource(Patience);
        var measured = new List<string?>();
        while (!services.All(measured.Contains))
        {
            Assert.False(patience.IsCancellationRequested, $"the dashboard has metrics of {string.Join(' ', measured)} only");
            using var resources = JsonDocument.Parse(await http.GetStringAsync($"{system.Dashboard}/api/telemetry/resources"));
            measured = [.. resources.RootElement.EnumerateArray()
                .Where(one => one.GetProperty("hasMetrics").GetBoolean()).Select(one => one.GetProperty("name").GetString())];
            await Task.Delay(TimeSpan.FromSeconds(0.5));
        }
    }

    [Theory]
    [InlineData("deploy/grafana/dashboards/overview.json")]
    [InlineData("deploy/prometheus/rules.yml")]
    public async Task Rules_and_dashboards_ask_for_metrics_and_labels_that_there_are(string file)
    {
        var metrics = ExposedMetrics.Parse(await system.Process.Http.GetStringAsync("/metrics"));
        var text = await File.ReadAllTextAsync(Path.Combine(TestData.RepositoryRoot, file));
        var expressions = Expression().Matches(text)
            .Select(match => match.Groups["json"].Success ? JsonSerializer.Deserialize<string>(match.Groups["json"].Value)! : match.Groups["yaml"].Value)
            .ToList();

        Assert.True(expressions.Count >= 5, $"{file} has {expressions.Count} expressions");
        Assert.Empty(expressions.SelectMany(expression => metrics.Unknown(expression).Select(name => $"{name} in {expression}")));
    }

    [Theory]
    [InlineData("kafka_broker_bytes_received_bytes_total + kafka_broker_bytes_sent_bytes_total + kafka_broker_records_appended_total")]
    [InlineData("histogram_quantile(0.99, sum by (le, api) (rate(kafka_broker_request_duration_seconds_bucket[5m])))")]
    [InlineData("sum(kafka_broker_group_lag) + sum by (topic) (kafka_broker_log_size_bytes) + kafka_broker_connections")]
    public async Task The_embedded_broker_tells_its_bytes_records_latencies_and_lags(string expression)
    {
        var metrics = ExposedMetrics.Parse(await system.Process.Http.GetStringAsync("/metrics"));
        Assert.Empty(metrics.Unknown(expression));
    }

    [Theory]
    [InlineData("sum(rate(crypto_ingestion_published_total[1m]))", "")]
    [InlineData("sum(rate(crypto_ingestion_published[1m]))", "crypto_ingestion_published")]
    [InlineData("sum by (origin) (rate(crypto_ingestion_published_total{origin=\"x\"}[1m])) > 2 or vector(0)", "")]
    [InlineData("sum by (colour) (rate(crypto_ingestion_published_total[1m]))", "colour")]
    [InlineData("crypto_ingestion_published_total{colour=~\"red|blue\"}", "colour")]
    [InlineData("histogram_quantile(0.5, sum by (le) (rate(crypto_storage_transaction_duration_seconds_bucket[5m])))", "")]
    public async Task The_check_of_an_expression_finds_what_does_not_exist(string expression, string unknown)
    {
        var metrics = ExposedMetrics.Parse(await system.Process.Http.GetStringAsync("/metrics"));
        Assert.Equal(unknown, string.Join(',', metrics.Unknown(expression)));
    }

    // Telemetry goes out in batches every few seconds.
    private async Task<T?> DashboardAsync<T>(string what, Func<IEnumerable<JsonElement>, T?> find)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            if (find((await AspireCli.OtelAsync(what, system.Dashboard)).EnumerateArray()) is { } found) return found;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
        return null;
    }

    // "expr": "..." in a dashboard; expr: ... or a folded block of lines in rules.
    [GeneratedRegex("""^\s*"expr": (?<json>".*"),?$|^\s*expr: (?:>-\s*)?(?<yaml>(?:(?!^\s*\w+:)[^\n]*\n)+)""", RegexOptions.Multiline)]
    private static partial Regex Expression();
}
