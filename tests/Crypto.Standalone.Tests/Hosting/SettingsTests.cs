using System.Globalization;
using Crypto.Standalone.Hosting;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>What the command line says reaches the services under their own configuration keys.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task Options_become_the_services_settings()
    {
        var settings = await FromAsync("--roles", "storage", "--venue", "binance-usdm", "--symbols", "BTCUSDT,ETHUSDT", "--repair-max", "36h");

        Assert.Equal("binance-usdm", settings["Ingestion:Venue"]);
        Assert.Equal("BTCUSDT,ETHUSDT", settings["Ingestion:Symbols"]);
        Assert.Equal(TimeSpan.FromHours(36), TimeSpan.Parse(settings["Ingestion:RepairMax"]!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_broker_and_an_exchange_of_another_process_are_found_on_their_ports()
    {
        var settings = await FromAsync("--roles", "storage", "--kafka", "19092", "--market-port", "18082");

        Assert.Equal("127.0.0.1:19092", settings["Kafka:BootstrapServers"]);
        Assert.Equal("http://127.0.0.1:18082", settings["Ingestion:MarketUrl"]);
        Assert.Equal("http://127.0.0.1:18082", settings["Aggregation:MarketUrl"]);
    }

    [Fact]
    public async Task A_broker_and_an_exchange_elsewhere_are_used_as_they_are_named()
    {
        var settings = await FromAsync("--kafka-bootstrap", "a:1,b:2", "--market-url", "http://exchange:80", "--postgres", "Host=db");

        Assert.Equal("a:1,b:2", settings["Kafka:BootstrapServers"]);
        Assert.Equal("http://exchange:80", settings["Ingestion:MarketUrl"]);
    }

    [Fact]
    public async Task A_live_market_leaves_the_address_to_the_venue()
    {
        var settings = await FromAsync("--market", "live", "--roles", "storage");

        Assert.DoesNotContain("Ingestion:MarketUrl", settings.Keys);
        Assert.DoesNotContain("Aggregation:MarketUrl", settings.Keys);
    }

    [Fact]
    public async Task Only_a_recorded_exchange_of_ours_is_asked_up_to_its_limit()
    {
        Assert.Equal("5900", (await FromAsync("--roles", "storage"))["Ingestion:WeightPerMinute"]);
        Assert.Equal("2300", (await FromAsync("--roles", "storage", "--venue", "binance-usdm", "--symbols", "BTCUSDT"))["Ingestion:WeightPerMinute"]);
        Assert.DoesNotContain("Ingestion:WeightPerMinute", (await FromAsync("--market-url", "http://exchange:80", "--roles", "storage")).Keys);
        Assert.DoesNotContain("Ingestion:WeightPerMinute", (await FromAsync("--market", "live", "--roles", "storage")).Keys);
    }

    private static async Task<Dictionary<string, string?>> FromAsync(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var options = CommandLine.Up([.. arguments, "--data", folder.Path]);
        using var data = DataFolder.Open(options.DataFolder, []);
        await using var infrastructure = await Infrastructure.StartAsync(options, data, NullLoggerFactory.Instance, default);
        return new Dictionary<string, string?>(Settings.From(options, infrastructure));
    }
}
