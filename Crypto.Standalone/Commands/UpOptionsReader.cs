using System.CommandLine;
using System.Globalization;
using Crypto.Contracts;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary>Checks the options of <c>up</c>, one by one and against each other. Every error names option, value and fix.</summary>
internal static class UpOptionsReader
{
    /// <exception cref="UsageException">An option is wrong.</exception>
    public static UpOptions Read(UpCommand up, ParseResult parsed)
    {
        var recorded = OneOf(parsed, up.Market, "recorded", "live") == "recorded";
        var recordings = parsed.GetValue(up.Recording) ?? [];
        var speed = SpeedOf(parsed.GetRequiredValue(up.Speed));
        var clock = ClockOf(parsed.GetValue(up.Clock), byDefault: recordings.Length == 0 ? MarketClock.Now : MarketClock.Original);
        if (!recorded) UpConflicts.RequireRecorded(up, parsed, speed, clock);
        foreach (var file in recordings)
        {
            if (!File.Exists(file)) throw new UsageException($"--recording {file}: there is no such file");
        }
        if (recorded && clock == MarketClock.Now && speed != 1)
            throw new UsageException($"--clock now goes with --speed 1, not {parsed.GetValue(up.Speed)}: use --clock original to replay faster");
        var venue = OneOf(parsed, up.Venue, Venues.Binance, Venues.BinanceUsdm);
        var options = new UpOptions
        {
            Recorded = recorded,
            Recordings = [.. recordings.Select(Path.GetFullPath)],
            Speed = speed,
            Clock = recorded ? clock : MarketClock.Now,
            Loop = recorded && (parsed.GetValue(up.Loop) || (recordings.Length == 0 && clock == MarketClock.Now)),
            Scenario = parsed.GetValue(up.Scenario),
            Venue = venue,
            Symbols = SymbolsOf(parsed.GetValue(up.Symbols), venue),
            DataFolder = Path.GetFullPath(parsed.GetValue(up.Data) ?? DataFolder.Default),
            Roles = RolesOf(parsed.GetValue(up.Roles)),
            HttpPort = PortOf(parsed, up.Http),
            GrpcPort = PortOf(parsed, up.Grpc),
            KafkaPort = PortOf(parsed, up.Kafka),
            MarketPort = PortOf(parsed, up.MarketPort),
            PostgresPort = PortOf(parsed, up.PostgresPort),
            KafkaBootstrap = parsed.GetValue(up.KafkaBootstrap),
            MarketUrl = UrlOf(parsed.GetValue(up.MarketUrl)),
            Postgres = parsed.GetValue(up.Postgres),
            RepairMax = RepairMaxOf(parsed.GetRequiredValue(up.RepairMax)),
            KafkaFlushAlways = OneOf(parsed, up.KafkaFlush, "never", "always") == "always",
            DashboardPort = parsed.GetValue(up.Dashboard) ? DashboardPortOf(parsed, up.DashboardPort) : null,
            Settings = SettingsOf(parsed.GetValue(up.Set) ?? []),
        };
        UpConflicts.RequireDistinctPorts(up, options);
        return options;
    }

    private static string OneOf(ParseResult parsed, Option<string> option, params string[] allowed)
    {
        var value = parsed.GetRequiredValue(option);
        return allowed.Contains(value) ? value : throw new UsageException($"{option.Name} {value}: must be {string.Join(" or ", allowed)}");
    }

    private static double SpeedOf(string text)
    {
        if (text == "max") return double.PositiveInfinity;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed > 0
            ? speed
            : throw new UsageException($"--speed {text}: must be a positive number or max");
    }

    private static MarketClock ClockOf(string? text, MarketClock byDefault) => text switch
    {
        null => byDefault,
        "now" => MarketClock.Now,
        "original" => MarketClock.Original,
        _ => throw new UsageException($"--clock {text}: must be now or original"),
    };

    private static string[] SymbolsOf(string? text, string venue) =>
        [.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(symbol =>
            Instrument.TryParse(symbol, venue, out var instrument) && instrument.Venue == venue
                ? instrument.Symbol
                : throw new UsageException($"--symbols {symbol}: is no symbol of {venue}; write it like BTCUSDT"))];

    private static Roles RolesOf(string? text)
    {
        if (text is null) return Roles.All;
        var roles = Roles.None;
        foreach (var name in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!char.IsAsciiLetter(name[0]) || !Enum.TryParse<Roles>(name, ignoreCase: true, out var role) || !IsSingle(role))
                throw new UsageException($"--roles {name}: must be of market, kafka, postgres, ingestion, storage, aggregation, query");
            roles |= role;
        }
        return roles == Roles.None ? throw new UsageException("--roles is empty: name at least one role") : roles;
    }

    private static bool IsSingle(Roles role) => int.PopCount((int)role) == 1;

    private static int PortOf(ParseResult parsed, Option<int> option)
    {
        var port = parsed.GetValue(option);
        return port is >= 0 and <= 65535 ? port : throw new UsageException($"{option.Name} {port}: must be a port, 0 to 65535");
    }

    // OTLP takes the two ports after it.
    private static int DashboardPortOf(ParseResult parsed, Option<int> option)
    {
        var port = parsed.GetValue(option);
        return port is > 0 and <= 65533 ? port : throw new UsageException($"{option.Name} {port}: must be a port, 1 to 65533");
    }

    private static string? UrlOf(string? text) =>
        text is null || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? text
            : throw new UsageException($"--market-url {text}: must be a URL like http://127.0.0.1:8082");

    private static TimeSpan RepairMaxOf(string text) =>
        Durations.TryParse(text, out var duration) ? duration : throw new UsageException($"--repair-max {text}: write it like 90s, 15m, 2h or 7d");

    private static Dictionary<string, string?> SettingsOf(string[] settings)
    {
        var result = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=');
            if (equals <= 0) throw new UsageException($"--set {setting}: write it like Storage:MaxBatch=5000");
            result[setting[..equals]] = setting[(equals + 1)..];
        }
        return result;
    }
}
