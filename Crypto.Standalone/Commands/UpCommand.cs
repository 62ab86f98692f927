using System.CommandLine;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto up</c>: its options, in the order that <c>--help</c> shows them.</summary>
internal sealed class UpCommand : Command
{
    public readonly Option<string> Market = Text("--market", "recorded", "recorded: replay recordings; live: Binance");
    public readonly Option<string[]> Recording = new("--recording")
    {
        Description = "A recording to replay, lines of <receive time ns> <frame>, optionally .gz; may be given several times",
        HelpName = "file",
    };

    public readonly Option<string> Speed = Text("--speed", "1", "1, N times as fast, or max");
    public readonly Option<string?> Clock = Optional("--clock", "now: trades carry the present time; original: the recording's own");
    public readonly Option<bool> Loop = new("--loop") { Description = "Start over when the recording ends" };
    public readonly Option<string?> Scenario = Optional("--scenario", "Play a bad day: a scenario file, or a number that makes one (docs/recordings.md)");
    public readonly Option<string> Venue = Text("--venue", "binance", "binance (spot) or binance-usdm (USD-M futures)");
    public readonly Option<string?> Symbols = Optional("--symbols", "Comma-separated; default: those of the recordings, or live BTCUSDT,ETHUSDT,SOLUSDT,BNBUSDT,ADAUSDT");
    public readonly Option<string?> Data = Optional("--data", "Where the broker and the database keep their files");
    public readonly Option<string?> Roles = Optional("--roles", "Comma-separated: market,kafka,postgres,ingestion,storage,aggregation,query; default all");
    public readonly Option<int> Http = Port("--http", 8080, "Port of the REST API and the page; 0 for none");
    public readonly Option<int> Grpc = Port("--grpc", 8081, "Port of the gRPC API; 0 for none");
    public readonly Option<int> Kafka = Port("--kafka", 9092, "Port of the embedded broker");
    public readonly Option<int> MarketPort = Port("--market-port", 8082, "Port of the recorded exchange");
    public readonly Option<int> PostgresPort = Port("--postgres-port", 5433, "Port of the local PostgreSQL server");
    public readonly Option<string?> KafkaBootstrap = Optional("--kafka-bootstrap", "host:port of a Kafka cluster to use instead of the embedded broker");
    public readonly Option<string?> MarketUrl = Optional("--market-url", "URL of an exchange to use instead of the recorded one");
    public readonly Option<string?> Postgres = Optional("--postgres", "Connection string of a PostgreSQL server to use instead of a local one");
    public readonly Option<string> RepairMax = Text("--repair-max", "2h", "How far back a gap is repaired, e.g. 90s, 15m, 2h, 7d");
    public readonly Option<string> KafkaFlush = Text("--kafka-flush", "never", "always: fsync before a record is acknowledged; never: leave it to the system");
    public readonly Option<bool> Dashboard = new("--dashboard")
    {
        Description = "Show traces, metrics and logs of every role in the Aspire dashboard, where the command aspire is there",
    };

    public readonly Option<int> DashboardPort = Port("--dashboard-port", 18888, "Port of the dashboard; it takes OTLP on the next two");
    public readonly Option<string[]> Set = new("--set")
    {
        Description = "Any setting of a service by its configuration key, e.g. Storage:MaxBatch=5000; may be given several times",
        HelpName = "key=value",
    };

    public UpCommand() : base("up", "Run the pipeline: exchange, broker, database, ingestion, storage, aggregation and query")
    {
        Option[] options =
        [
            Market, Recording, Speed, Clock, Loop, Scenario, Venue, Symbols, Data, Roles, Http, Grpc, Kafka, MarketPort, PostgresPort,
            KafkaBootstrap, MarketUrl, Postgres, RepairMax, KafkaFlush, Dashboard,
            DashboardPort, Set,
        ];
        foreach (var option in options) Options.Add(option);
        SetAction((parsed, cancellation) => Up.RunAsync(UpOptionsReader.Read(this, parsed), cancellation));
    }

    private static Option<string> Text(string name, string value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string?> Optional(string name, string description) => new(name) { Description = description };

    private static Option<int> Port(string name, int value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "port" };
}
