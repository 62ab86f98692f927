using Crypto.Standalone.Hosting;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>The banner tells what runs where, and nothing that does not run.</summary>
public sealed class BannerTests
{
    [Fact]
    public async Task A_process_with_the_api_shows_where_it_is()
    {
        var lines = await BannerOfAsync("--roles", "query", "--http", "18080", "--grpc", "18081", "--kafka-bootstrap", "broker:9092");

        Assert.Contains("  page and REST  http://127.0.0.1:18080", lines);
        Assert.Contains("  gRPC           127.0.0.1:18081  (crypto.market.v1.MarketData, plaintext HTTP/2)", lines);
        Assert.Contains("  Kafka          broker:9092", lines);
        Assert.DoesNotContain(lines, line => line.Contains("PostgreSQL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_api_that_is_closed_is_not_shown()
    {
        Assert.DoesNotContain(await BannerOfAsync("--roles", "query", "--grpc", "0"), line => line.Contains("gRPC", StringComparison.Ordinal));
        Assert.DoesNotContain(await BannerOfAsync("--roles", "query", "--http", "0"), line => line.Contains("REST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_without_the_api_shows_its_health() =>
        Assert.Contains("  health         http://127.0.0.1:18090/health", await BannerOfAsync("--roles", "storage", "--http", "18090"));

    [Theory]
    [InlineData("(the sample recording, shifted to now, in a loop)")]
    [InlineData("(the sample recording, original clock, max)", "--clock", "original", "--speed", "max")]
    [InlineData("(the sample recording, original clock, 2.5x, in a loop)", "--clock", "original", "--speed", "2.5", "--loop")]
    public async Task The_exchange_is_described(string expected, params string[] arguments) =>
        Assert.Contains(
            $"  exchange       http://127.0.0.1:18082  {expected}", await BannerOfAsync([.. arguments, "--roles", "storage", "--market-port", "18082"]));

    [Fact]
    public async Task Who_wants_a_broker_alone_is_told_of_no_exchange() =>
        Assert.DoesNotContain(
            await BannerOfAsync("--roles", "kafka", "--kafka-bootstrap", "broker:9092"), line => line.Contains("exchange", StringComparison.Ordinal));

    [Fact]
    public async Task Recordings_are_shown_by_their_names() =>
        Assert.Contains(
            $"  exchange       http://127.0.0.1:8082  ({TestData.SpotBtcusdt}, {TestData.SpotEthusdt}, original clock, 1x)",
            await BannerOfAsync("--roles", "storage", "--recording", TestData.PathOf(TestData.SpotBtcusdt), "--recording", TestData.PathOf(TestData.SpotEthusdt)));

    [Fact]
    public async Task A_live_market_is_shown_by_its_venue() =>
        Assert.Contains("  exchange       Binance, binance-usdm", await BannerOfAsync("--roles", "storage", "--market", "live", "--venue", "binance-usdm"));

    private static async Task<string[]> BannerOfAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var options = CommandLine.Up([.. arguments, "--data", folder.Path]);
        using var data = DataFolder.Open(options.DataFolder, []);
        await using var infrastructure = await Infrastructure.StartAsync(options, data, NullLoggerFactory.Instance, default);
        using var output = new StringWriter();
        Banner.Print(options, data, infrastructure, dashboard: null, output);
        Assert.Contains($"  data           {folder.Path}{Environment.NewLine}", output.ToString(), StringComparison.Ordinal);
        return output.ToString().Split(Environment.NewLine);
    }
}
