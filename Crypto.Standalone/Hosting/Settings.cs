using Crypto.MarketReplay;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>The command line as the services' configuration: one place that knows both languages.</summary>
internal static class Settings
{
    // For who else asks the recorded exchange: the reconciliation, a reader with curl.
    private const int WeightLeft = 100;

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
        // Of an exchange of ours nobody else uses up the limit, and with 80 % of it the first hour would wait for the next minute.
        if (options.Recorded && options.MarketUrl is null)
            settings["Ingestion:WeightPerMinute"] = $"{MarketReplayOptions.WeightLimitOf(options.Venue) - WeightLeft}";
        return settings;
    }
}
