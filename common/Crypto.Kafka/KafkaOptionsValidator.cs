using System.Globalization;
using Microsoft.Extensions.Options;

namespace Crypto.Kafka;

/// <summary>Says which setting is wrong, what it is, and what would be right.</summary>
internal sealed class KafkaOptionsValidator : IValidateOptions<KafkaOptions>
{
    // Settings that the promises rest on; with other values trades could be lost or doubled.
    private static readonly string[] Ours = ["enable.auto.commit", "enable.auto.offset.store", "group.id", "auto.offset.reset"];

    public ValidateOptionsResult Validate(string? name, KafkaOptions options)
    {
        var failures = new List<string>();
        if (string.IsNullOrWhiteSpace(options.BootstrapServers))
            failures.Add("Kafka:BootstrapServers is empty: give one or more host:port, e.g. 127.0.0.1:9092");
        else
            failures.AddRange(options.BootstrapServers.Split(',', StringSplitOptions.TrimEntries)
                .Where(server => !IsHostAndPort(server))
                .Select(server => $"Kafka:BootstrapServers holds '{server}', which is no host:port (e.g. 127.0.0.1:9092)"));
        if (options.TradePartitions is < 1 or > 1000)
            failures.Add($"Kafka:TradePartitions is {options.TradePartitions}: give a number from 1 to 1000");
        if (options.ReplicationFactor is < 1 or > 10)
            failures.Add($"Kafka:ReplicationFactor is {options.ReplicationFactor}: give 1 for a single broker, 3 for a cluster");
        failures.AddRange(options.Client.Keys.Intersect(Ours)
            .Select(setting => $"Kafka:Client:{setting} is '{options.Client[setting]}': remove it, exactly-once rests on ours"));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsHostAndPort(string server)
    {
        // Listener prefixes (PLAINTEXT://host:port) are allowed by librdkafka; [::1]:9092 is an address too.
        var start = server.IndexOf("://", StringComparison.Ordinal) is var at && at >= 0 ? at + 3 : 0;
        var colon = server.LastIndexOf(':');
        return colon > start
            && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535;
    }
}
