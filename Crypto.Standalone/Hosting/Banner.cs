using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>What runs where, printed once when everything is up.</summary>
internal static class Banner
{
    public static void Print(
        UpOptions options, DataFolder data, Infrastructure infrastructure, Dashboard? dashboard, TextWriter output)
    {
        var lines = new List<(string What, string Where)>();
        if (options.Has(Roles.Query) && options.HttpPort > 0)
        {
            lines.Add(("page and REST", $"http://127.0.0.1:{options.HttpPort}"));
            if (options.GrpcPort > 0) lines.Add(("gRPC", $"127.0.0.1:{options.GrpcPort}  (crypto.market.v1.MarketData, plaintext HTTP/2)"));
        }
        else if (options.HttpPort > 0)
        {
            lines.Add(("health", $"http://127.0.0.1:{options.HttpPort}/health"));
        }
        if ((options.Roles & ~(Roles.Kafka | Roles.Postgres)) != 0)
            lines.Add(("exchange", infrastructure.MarketUrl is { } url ? $"{url}  ({Describe(options)})" : $"Binance, {options.Venue}"));
        lines.Add(("Kafka", infrastructure.KafkaBootstrap + (infrastructure.Kafka is null ? "" : "  (embedded)")));
        if (infrastructure.Postgres is { } postgres) lines.Add(("PostgreSQL", $"127.0.0.1:{postgres.Port}  (user crypto, password in {data.Postgres})"));
        if (dashboard is not null) lines.Add(("dashboard", $"{dashboard.Url}  (OTLP/gRPC: {dashboard.Collector})"));
        lines.Add(("data", data.Path));
        output.WriteLine();
        foreach (var (what, where) in lines) output.WriteLine($"  {what,-14} {where}");
        output.WriteLine();
    }

    private static string Describe(UpOptions options)
    {
        var what = options.Recordings.Count == 0 ? "the sample recording" : string.Join(", ", options.Recordings.Select(Path.GetFileName));
        var speed = double.IsInfinity(options.Speed) ? "max" : $"{options.Speed:0.##}x";
        return $"{what}, {(options.Clock == Contracts.MarketClock.Now ? "shifted to now" : $"original clock, {speed}")}{(options.Loop ? ", in a loop" : "")}";
    }
}
