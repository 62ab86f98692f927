using System.CommandLine;
using Crypto.Contracts;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary>Options of <c>up</c> that are right one by one, and do not go together.</summary>
internal static class UpConflicts
{
    /// <exception cref="UsageException">An option that only a recording has is given for the live market.</exception>
    public static void RequireRecorded(UpCommand up, ParseResult parsed, double speed, MarketClock clock)
    {
        var option = parsed.GetValue(up.Recording) is { Length: > 0 } ? up.Recording.Name
            : parsed.GetValue(up.Scenario) is not null ? up.Scenario.Name
            : parsed.GetValue(up.Loop) ? up.Loop.Name
            : clock == MarketClock.Original ? $"{up.Clock.Name} original"
            : speed != 1 ? $"{up.Speed.Name} {parsed.GetValue(up.Speed)}"
            : null;
        if (option is not null) throw new UsageException($"{option} needs --market recorded: a live market is not replayed");
    }

    /// <exception cref="UsageException">Two parts of the process were given the same port.</exception>
    public static void RequireDistinctPorts(UpCommand up, UpOptions options)
    {
        var taken = new Dictionary<int, string>();
        foreach (var (name, port) in PortsOf(up, options).Where(used => used.Port != 0))
        {
            if (taken.TryGetValue(port, out var other)) throw new UsageException($"{other} and {name} are both {port}: give each a port of its own");
            taken[port] = name;
        }
    }

    private static IEnumerable<(string Name, int Port)> PortsOf(UpCommand up, UpOptions options)
    {
        yield return (up.Http.Name, options.HttpPort);
        if (options.Has(Roles.Query)) yield return (up.Grpc.Name, options.GrpcPort);
        if (options.RunsKafka) yield return (up.Kafka.Name, options.KafkaPort);
        if (options.RunsMarket) yield return (up.MarketPort.Name, options.MarketPort);
        if (options.RunsPostgres) yield return (up.PostgresPort.Name, options.PostgresPort);
        if (options.DashboardPort is not { } dashboard) yield break;
        yield return (up.DashboardPort.Name, dashboard);
        yield return ($"{up.DashboardPort.Name}'s collector", dashboard + 1);
        yield return ($"{up.DashboardPort.Name}'s collector", dashboard + 2);
    }
}
