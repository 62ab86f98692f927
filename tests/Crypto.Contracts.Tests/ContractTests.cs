using System.Text;
using System.Text.Json;
using Crypto.Contracts.Feeds;
using Crypto.Testing;

namespace Crypto.Contracts.Tests;

/// <summary>Code, schemas and examples of every topic say the same.</summary>
public sealed class ContractTests
{
    private static readonly string Folder = Path.Combine(TestData.RepositoryRoot, "contracts");

    // What the code itself makes of a value: null, or what is wrong with it.
    private static readonly Dictionary<string, Func<byte[], string?>> Readers = new()
    {
        [Topics.Trades] = value => TradeJson.TryRead(value, new InstrumentCache(), out _, out var error) ? null : error ?? "refused",
        [Topics.Coverage] = value => Try(() => CoverageJson.Read(value)),
        [Topics.Candles] = value => Try(() => CandleJson.Read(value)),
        [Topics.Signals] = value => Try(() => SignalJson.Read(value)),
        [Topics.Alerts] = value => Try(() => AlertJson.Read(value)),
        [Topics.Tickers] = value => FeedJson.TryRead<TickerSnapshot>(value, out _, out var error) ? null : error,
        [Topics.PricesRaw] = value => FeedJson.TryRead<CoinPrice>(value, out _, out var error) ? null : error,
        [Topics.Sentiment] = value => FeedJson.TryRead<SentimentValue>(value, out _, out var error) ? null : error,
        [Topics.News] = value => FeedJson.TryRead<NewsItem>(value, out _, out var error) ? null : error,
    };

    public static TheoryData<string> Contracts =>
        new(Directory.EnumerateFiles(Folder, "*.schema.json").Select(file => Path.GetFileName(file)[..^".v1.schema.json".Length]).Order());

    public static TheoryData<string> Checked => new(Readers.Keys.Where(topic => topic != Topics.Candles).Order());

    [Fact]
    public void Every_topic_that_is_written_has_a_schema()
    {
        var topics = TopicSpec.All().Select(spec => spec.Name).Where(name => !name.EndsWith(".dlq", StringComparison.Ordinal));

        Assert.All(topics, topic => Assert.True(File.Exists(SchemaFile(topic)), topic));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Good_examples_fit_the_schema_and_bad_ones_do_not(string topic)
    {
        var schema = JsonSchema.Load(SchemaFile(topic));

        Assert.All(Examples(topic, "good"), example => Assert.Null(schema.Fault(Parse(example))));
        Assert.All(Examples(topic, "bad"), example => Assert.NotNull(schema.Fault(Parse(example))));
    }

    [Theory]
    [MemberData(nameof(Checked))]
    public void The_code_judges_every_example_as_the_schema_does(string topic)
    {
        var reader = Readers[topic];

        Assert.All(Examples(topic, "good"), example => Assert.Null(reader(Encoding.UTF8.GetBytes(example))));
        Assert.All(Examples(topic, "bad"), example => Assert.NotNull(reader(Encoding.UTF8.GetBytes(example))));
    }

    [Fact]
    public void Good_candles_are_read() =>
        Assert.All(Examples(Topics.Candles, "good"), example => Assert.Null(Readers[Topics.Candles](Encoding.UTF8.GetBytes(example))));

    [Fact]
    public void A_signal_that_is_read_and_written_again_has_the_same_bytes() =>
        Assert.All(Examples(Topics.Signals, "good")[..3], example =>
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            SignalJson.Write(output, SignalJson.Read(Encoding.UTF8.GetBytes(example)));
            Assert.Equal(example, Encoding.UTF8.GetString(output.WrittenSpan));
        });

    [Fact]
    public void An_alert_that_is_read_and_written_again_has_the_same_bytes()
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        AlertJson.Write(output, AlertJson.Read(Encoding.UTF8.GetBytes(Examples(Topics.Alerts, "good")[0])));
        Assert.Equal(Examples(Topics.Alerts, "good")[0], Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData(Topics.Trades)]
    [InlineData(Topics.Tickers)]
    [InlineData(Topics.Sentiment)]
    [InlineData(Topics.Alerts)]
    public void Random_changes_of_a_good_example_are_judged_alike_by_code_and_schema(string topic)
    {
        var schema = JsonSchema.Load(SchemaFile(topic));
        var random = new Random(42);
        var verdicts = new int[2];
        for (var i = 0; i < TestScale.Count(20_000); i++)
        {
            var example = Examples(topic, "good")[0];
            var changed = Change(example, random);
            var bySchema = schema.Fault(Parse(changed)) is null;

            Assert.True(bySchema == Readers[topic](Encoding.UTF8.GetBytes(changed)) is null, $"schema says {schema.Fault(Parse(changed)) ?? "good"}: {changed}");
            verdicts[bySchema ? 1 : 0]++;
        }
        Assert.All(verdicts, count => Assert.NotEqual(0, count));
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void A_schema_changes_only_as_its_readers_expect(string topic)
    {
        var released = JsonSchema.Load(Path.Combine(Folder, "released", $"{topic}.v1.schema.json"));

        Assert.Empty(CompatibleChange.Faults(released, JsonSchema.Load(SchemaFile(topic))));
    }

    [Theory]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"}}}""", "b has disappeared")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"integer"},"b":{}}}""", "the rule of a has changed")]
    [InlineData("""{"required":["a","c"],"properties":{"a":{"type":"string"},"b":{},"c":{}}}""", "c has become required")]
    [InlineData("""{"required":[],"properties":{"a":{"type":"string"},"b":{}}}""", "a is no longer required")]
    [InlineData("""{"required":["a"],"additionalProperties":false,"properties":{"a":{"type":"string"},"b":{}}}""", "additionalProperties forbids")]
    [InlineData("""{"required":["a"],"properties":{"a":{"type":"string"},"b":{},"c":{}}}""", null)]
    public void The_rule_for_changes_tells_a_break_from_growth(string now, string? expected)
    {
        var released = JsonSchema.Parse("""{"required":["a"],"properties":{"a":{"type":"string"},"b":{}}}""");

        var faults = CompatibleChange.Faults(released, JsonSchema.Parse(now));

        if (expected is null) Assert.Empty(faults);
        else Assert.Contains(faults, fault => fault.StartsWith(expected, StringComparison.Ordinal));
    }

    private static string SchemaFile(string topic) => Path.Combine(Folder, $"{topic}.v1.schema.json");

    private static string[] Examples(string topic, string kind) => File.ReadAllLines(Path.Combine(Folder, "examples", $"{topic}.{kind}.jsonl"));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string? Try(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    // One field replaced by an odd value, or left out.
    private static string Change(string example, Random random)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(example)!.AsObject();
        var name = node.ElementAt(random.Next(node.Count)).Key;
        string[] odd =
        [
            "0", "1", "-1", "5", "101", "\"\"", "\"0\"", "\"0.00\"", "\"1.5\"", "\"-1\"", "\"1e5\"", "\"01\"", "\"1.\"", "\".5\"", "null", "true",
            "[]", "{}", "\"binance\"", "\"BTCUSDT\"", "\"stream\"", "\"void\"", "1.5", "\"2024-08-09T00:00:00Z\"", "\"no time\"",
        ];
        if (random.Next(8) == 0) node.Remove(name);
        else node[name] = System.Text.Json.Nodes.JsonNode.Parse(odd[random.Next(odd.Length)]);
        return node.ToJsonString();
    }
}
