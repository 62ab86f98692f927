using System.CommandLine;
using System.Globalization;
using Crypto.Contracts;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary>How a command finds a running system: by its data folder, or part by part.</summary>
internal sealed class SystemOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Data folder of a running system" };
    private readonly Option<string?> _http = new("--http") { Description = "URL or port of a running system, instead of its data folder" };
    private readonly Option<string?> _kafka = new("--kafka-bootstrap") { Description = "host:port of its Kafka, where the data folder does not tell (default with --http: 127.0.0.1:9092)" };
    private readonly Option<string?> _market = new("--market-url") { Description = "URL of the exchange, where it is not the one that the data folder tells" };
    private readonly Option<string?> _postgres = new("--postgres") { Description = "Connection string, where the database is not in the data folder" };

    public IReadOnlyList<Option> ForKafka => [_data, _kafka];

    public IReadOnlyList<Option> All => [_data, _http, _kafka, _market, _postgres];

    /// <exception cref="UsageException">Nothing runs there.</exception>
    public RunningSystem Find(ParseResult parsed)
    {
        var system = parsed.GetValue(_http) is { } address
            ? new RunningSystem(int.TryParse(address, CultureInfo.InvariantCulture, out var port) ? $"http://127.0.0.1:{port}" : address, null, Venues.Binance)
            : RunningSystem.Read(parsed.GetValue(_data) ?? DataFolder.Default);
        if (!Uri.TryCreate(system.Http, UriKind.Absolute, out _)) throw new UsageException($"--http {system.Http}: must be a port or a URL like http://127.0.0.1:8080");
        return system with { Market = parsed.GetValue(_market) ?? system.Market, Kafka = Kafka(parsed) ?? system.Kafka ?? "127.0.0.1:9092" };
    }

    /// <summary>Only the broker; a system need not be running where it is named.</summary>
    /// <exception cref="UsageException">It is not known.</exception>
    public string KafkaOf(ParseResult parsed) =>
        Kafka(parsed) ?? RunningSystem.Read(parsed.GetValue(_data) ?? DataFolder.Default).Kafka
        ?? throw new UsageException("the data folder does not tell where Kafka is: name it with --kafka-bootstrap");

    /// <exception cref="UsageException">There is none.</exception>
    public string PostgresOf(ParseResult parsed) =>
        parsed.GetValue(_postgres) ?? (parsed.GetValue(_http) is null
            ? RunningSystem.PostgresConnection(parsed.GetValue(_data) ?? DataFolder.Default)
            : throw new UsageException("with --http the database is not known: name it with --postgres"));

    private string? Kafka(ParseResult parsed) => parsed.GetValue(_kafka);
}
