using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Crypto.AppHost;

/// <summary>Where the trades come from.</summary>
internal enum Market
{
    Live,
    Recorded,
}

/// <summary>What Kafka and PostgreSQL are.</summary>
internal enum Foundation
{
    Containers,
    Processes,
    Managed,
}

/// <summary>What <c>aspire publish</c> and <c>aspire deploy</c> make.</summary>
internal enum Target
{
    Azure,
    Compose,
    Kubernetes,
}

/// <summary>What is started: appsettings.json, user secrets, environment and command line, the later the stronger.</summary>
internal sealed record Plan
{
    public required Market Market { get; init; }

    public required Foundation Foundation { get; init; }

    public required Target Target { get; init; }

    /// <summary>Comma-separated; empty for those of the recording, or the five that a live market is watched for.</summary>
    public required string Symbols { get; init; }

    /// <summary>How many processes share the partitions, for storage and for aggregation.</summary>
    public required int Replicas { get; init; }

    /// <summary><c>masstransit</c> or <c>direct</c>: see docs/adr/0701.</summary>
    public required string StorageConsumer { get; init; }

    /// <summary>Where the processes of <see cref="Foundation.Processes"/> keep their data.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Of each volume that Kubernetes is asked for.</summary>
    public required string StorageSize { get; init; }

    /// <summary>Options of the recorded exchange, as the standalone host's command line has them.</summary>
    public required IReadOnlyList<string> Recording { get; init; }

    /// <summary>Live and recorded trades never share a database ...</summary>
    public string Database => Market == Market.Live ? "marketdata" : "marketdata_recorded";

    /// <summary>... nor a broker's log.</summary>
    public string KafkaVolume => $"crypto-kafka-{Market.ToString().ToLowerInvariant()}";

    /// <summary>Reads the plan, or says in one line what is wrong with it and what to do.</summary>
    public static bool TryRead(
        IDistributedApplicationBuilder builder, [NotNullWhen(true)] out Plan? plan, [NotNullWhen(false)] out string? problem)
    {
        plan = null;
        var settings = builder.Configuration;
        var publishing = builder.ExecutionContext.IsPublishMode;
        if (!TryChoice(settings, "Market", Market.Live, out var market, out problem)) return false;
        if (!TryChoice(settings, "Infrastructure", Foundation.Containers, out var foundation, out problem)) return false;
        if (!TryChoice(settings, "Target", Target.Azure, out var target, out problem)) return false;
        var replicas = settings["Replicas"] ?? "2";
        if (!int.TryParse(replicas, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is < 1 or > 12)
            problem = $"Replicas is '{replicas}': give a number from 1 to 12, one per partition at most";
        if (settings["Storage:Consumer"] is { } consumer and not ("masstransit" or "direct"))
            problem = $"Storage:Consumer is '{consumer}': choose masstransit or direct";
        if (publishing && market == Market.Recorded)
            problem = "Market is 'recorded': only a live market is deployed; leave the setting out";
        if (foundation == Foundation.Managed && !publishing)
            problem = "Infrastructure is 'managed': that is what a deployment to Azure uses; choose containers or processes";
        if (publishing) foundation = target == Target.Azure ? Foundation.Managed : Foundation.Containers;
        if (problem is null && !publishing && foundation == Foundation.Containers && !ContainerRuntime.Answers())
            problem = "no container runtime answers (docker, podman): start one, or do without by --Infrastructure=processes";
        if (problem is not null) return false;
        plan = new Plan
        {
            Market = market,
            Foundation = foundation,
            Target = target,
            Symbols = settings["Symbols"] ?? "",
            Replicas = count,
            StorageConsumer = settings["Storage:Consumer"] ?? "masstransit",
            DataFolder = Path.GetFullPath(settings["Data"] ?? DefaultFolder(builder, market)),
            StorageSize = settings["StorageSize"] ?? "50Gi",
            Recording = RecordingOptions(settings),
        };
        return true;
    }

    private static bool TryChoice<T>(
        IConfiguration settings, string name, T usual, out T choice, [NotNullWhen(false)] out string? problem)
        where T : struct, Enum
    {
        var text = settings[name];
        problem = null;
        choice = usual;
        if (string.IsNullOrWhiteSpace(text) || (Enum.TryParse(text, ignoreCase: true, out choice) && Enum.IsDefined(choice))) return true;
        problem = $"{name} is '{text}': choose {string.Join(" or ", Enum.GetNames<T>()).ToLowerInvariant()}";
        return false;
    }

    // PostgreSQL refuses to run as root and as another user cannot read root's home; everybody else keeps it in the repository.
    private static string DefaultFolder(IDistributedApplicationBuilder builder, Market market)
    {
        var parent = Environment.UserName == "root" ? "/var/lib/crypto" : Path.Combine(builder.AppHostDirectory, "..", "data");
        return Path.Combine(parent, $"aspire-{market.ToString().ToLowerInvariant()}");
    }

    private static List<string> RecordingOptions(IConfiguration settings)
    {
        List<string> options = [];
        foreach (var file in (settings["Recording:Files"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            options.AddRange(["--recording", Path.GetFullPath(file)]);
        foreach (var name in (string[])["Speed", "Clock", "Venue"])
            if (settings[$"Recording:{name}"] is { Length: > 0 } value) options.AddRange([$"--{name.ToLowerInvariant()}", value]);
        if (settings.GetValue("Recording:Loop", false)) options.Add("--loop");
        return options;
    }
}
