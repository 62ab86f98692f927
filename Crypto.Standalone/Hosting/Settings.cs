using Crypto.Contracts;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>The command line as the services' configuration: one place that knows both languages.</summary>
internal static class Settings
{
    public static IEnumerable<KeyValuePair<string, string?>> From(UpOptions options, Infrastructure infrastructure)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Kafka:BootstrapServers"] = infrastructure.KafkaBootstrap,
            ["Ingestion:Venue"] = options.Venue,
            ["Ingestion:Symbols"] = string.Join(',', options.Symbols),
            ["Ingestion:RepairMax"] = options.RepairMax.ToString("c"),
        };
        // Somebody looks: often enough that a trace is never far, seldom enough that the dashboard keeps minutes of them.
        if (options.DashboardPort is not null) settings["Ingestion:TraceOneIn"] = "50";
        if (infrastructure.MarketUrl is { } url) settings["Ingestion:MarketUrl"] = settings["Aggregation:MarketUrl"] = url;
        // Of the recorded exchange nobody else uses up the limit, and with 80 % of it the first hour would wait for the next minute.
        if (options.Recorded) settings["Ingestion:WeightPerMinute"] = options.Venue == Venues.BinanceUsdm ? "2300" : "5900";
        return settings;
    }
}
