using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.Feeds;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class FeedBatchHandlerTests : IAsyncLifetime
{
    private TestPostgres _postgres = null!;
    private TestBroker _broker = null!;
    private IProducer<byte[], byte[]> _producer = null!;

    public async Task InitializeAsync()
    {
        _postgres = await TestPostgres.CreateAsync();
        _broker = await TestBroker.StartAsync();
        _producer = KafkaClients.BuildProducer(Kafka, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        _producer.Dispose();
        await _broker.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Theory]
    [InlineData(Topics.Tickers, "market.tickers")]
    [InlineData(Topics.PricesRaw, "market.coin_prices")]
    [InlineData(Topics.Sentiment, "market.sentiment")]
    [InlineData(Topics.News, "market.news")]
    public async Task Events_are_stored_once_however_often_they_come(string topic, string table)
    {
        var examples = File.ReadAllLines(Path.Combine(TestData.RepositoryRoot, "contracts", "examples", $"{topic}.good.jsonl"))
            .Select(Encoding.UTF8.GetBytes).ToList();
        await HandleAsync(new TestLog(topic).Add(examples).Add(examples));
        var stored = await CountAsync(table);
        Assert.InRange(stored, 1, examples.Count);

        await HandleAsync(new TestLog(topic, topicId: "made anew").Add(examples));

        Assert.Equal(stored, await CountAsync(table));
        Assert.Empty(Letters(topic));
    }

    [Fact]
    public async Task What_is_no_event_becomes_a_dead_letter_and_the_rest_is_stored()
    {
        await HandleAsync(new TestLog(Topics.News).Add(News("first"), "{}"u8.ToArray(), "no JSON"u8.ToArray(), News("second")));

        Assert.Equal(2, await CountAsync("market.news"));
        Assert.Equal(["{}", "no JSON"], Letters(Topics.News).Select(letter => Encoding.UTF8.GetString(letter.Value)));
        Assert.Equal(4L, await _postgres.ScalarAsync<long>("select next_offset from market.stream_offsets"));
    }

    [Fact]
    public async Task What_the_contract_allows_and_the_database_does_not_holds_up_nobody()
    {
        // A NUL is a character to JSON, and to PostgreSQL none.
        byte[] nul = News("bad\\u0000");
        await HandleAsync(new TestLog(Topics.News).Add(News("first"), nul, "{}"u8.ToArray(), News("second")));

        Assert.Equal(2, await CountAsync("market.news"));
        var letters = Letters(Topics.News);
        Assert.Equal(["{}"u8.ToArray(), nul], letters.Select(letter => letter.Value));
        Assert.StartsWith("PostgreSQL 22", letters[1].Reason, StringComparison.Ordinal);
        Assert.Equal(4L, await _postgres.ScalarAsync<long>("select next_offset from market.stream_offsets"));
    }

    [Fact]
    public async Task A_value_of_the_index_that_is_corrected_takes_the_place_of_the_former()
    {
        static byte[] Value(int value) => Encoding.UTF8.GetBytes(
            $$"""{"index":"fear-greed","timestamp_utc":"2024-08-09T00:00:00Z","value":{{value}},"classification":"Fear","source":"alternative.me"}""");

        await HandleAsync(new TestLog(Topics.Sentiment).Add(Value(20), Value(25)));

        Assert.Equal(25L, await _postgres.ScalarAsync<long>("select value::bigint from market.sentiment"));
    }

    [Fact]
    public async Task Whoever_lost_the_partition_stores_nothing_more()
    {
        var log = new TestLog(Topics.News).Add(News("first"), News("second"));
        var former = Handler();
        await former.AssignAsync(log.Assigned, default);
        await HandleAsync(log);

        await Assert.ThrowsAsync<FencedException>(() => former.HandleAsync(log.Batch(0, 1), default));

        Assert.Equal(2, await CountAsync("market.news"));
    }

    private KafkaOptions Kafka => new() { BootstrapServers = _broker.BootstrapServers };

    private FeedBatchHandler Handler() => new(
        _postgres.DataSource, new DeadLetters(_producer, NullLogger<DeadLetters>.Instance), NullLogger<FeedBatchHandler>.Instance);

    private async Task HandleAsync(TestLog log)
    {
        var handler = Handler();
        await handler.HandleAsync(log.Batch(await handler.AssignAsync(log.Assigned, default), log.End), default);
    }

    private Task<long> CountAsync(string table) => _postgres.ScalarAsync<long>($"select count(*) from {table}")!;

    private List<DeadLetter> Letters(string topic) => [.. new DeadLetterLog(Kafka).Read(topic, default)];

    private static byte[] News(string title) => Encoding.UTF8.GetBytes(
        $$"""{"id":"sample {{title}}","source":"sample","title":"{{title}}","link":null,"publishedAt":"2024-08-09T00:00:00Z","creators":[],"categories":[]}""");
}
