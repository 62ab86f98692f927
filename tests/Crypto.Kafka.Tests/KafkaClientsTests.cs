using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Kafka.Tests;

public sealed class KafkaClientsTests
{
    [Theory]
    [InlineData("Kafka:BootstrapServers", "", "Kafka:BootstrapServers is empty")]
    [InlineData("Kafka:BootstrapServers", "localhost", "'localhost', which is no host:port")]
    [InlineData("Kafka:BootstrapServers", "a:9092,b:x", "'b:x', which is no host:port")]
    [InlineData("Kafka:TradePartitions", "0", "Kafka:TradePartitions is 0")]
    [InlineData("Kafka:ReplicationFactor", "11", "Kafka:ReplicationFactor is 11")]
    [InlineData("Kafka:Client:group.id", "mine", "Kafka:Client:group.id is 'mine'")]
    public void A_bad_setting_is_named_with_its_value(string setting, string value, string expected)
    {
        var settings = new Dictionary<string, string?> { ["Kafka:BootstrapServers"] = "127.0.0.1:9092", [setting] = value };
        var services = new ServiceCollection().AddLogging()
            .AddKafkaClients(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<KafkaOptions>>().Value);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:9092")]
    [InlineData("broker-1:9092, broker-2:9093")]
    [InlineData("[::1]:9092")]
    [InlineData("SASL_SSL://broker:9094")]
    public void Every_usual_form_of_address_is_taken(string servers)
    {
        var settings = new Dictionary<string, string?> { ["Kafka:BootstrapServers"] = servers };
        using var provider = new ServiceCollection().AddLogging()
            .AddKafkaClients(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();

        Assert.Equal(servers, provider.GetRequiredService<IOptions<KafkaOptions>>().Value.BootstrapServers);
    }

    [Fact]
    public void A_setting_of_the_user_wins_over_ours()
    {
        var options = new KafkaOptions { BootstrapServers = "127.0.0.1:9092" };
        options.Client["compression.type"] = "none";
        options.Client["security.protocol"] = "sasl_ssl";

        var producer = KafkaClients.ProducerConfig(options);
        Assert.Equal(CompressionType.None, producer.CompressionType);
        Assert.Equal(SecurityProtocol.SaslSsl, producer.SecurityProtocol);
        Assert.True(producer.EnableIdempotence);
        Assert.Equal(SecurityProtocol.SaslSsl, KafkaClients.ConsumerConfig(options, "g", null, TimeSpan.FromSeconds(6)).SecurityProtocol);
    }

    [Fact]
    public async Task Topics_are_made_from_their_specifications_once()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 6);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => cluster.Topics.EnsureAsync(default)));

        foreach (var spec in TopicSpec.All(6))
        {
            var description = await cluster.Topics.DescribeAsync(spec.Name, default);
            Assert.Equal(spec.Partitions, description?.Partitions);
            Assert.NotEqual("", description?.Id);
        }
        Assert.Null(await cluster.Topics.DescribeAsync("no.such.topic", default));
    }

    [Fact]
    public async Task Extents_tell_the_first_and_the_next_offset()
    {
        await using var cluster = await Cluster.StartAsync(partitions: 1);
        await cluster.ProduceAsync(["a", "b", "c"]);

        var partition = new TopicPartition(Topics.Trades, 0);
        Assert.Equal((0L, 3L), (await cluster.Topics.ExtentsAsync([partition], default))[partition]);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_retriable()
    {
        var cluster = await Cluster.StartAsync();
        var topics = new KafkaTopics(Options.Create(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }), NullLogger<KafkaTopics>.Instance);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await Assert.ThrowsAsync<RetriableException>(() => topics.DescribeAsync(Topics.Trades, patience.Token));
        topics.Dispose();
        await cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_dead_letter_keeps_the_bytes_and_tells_whence_and_why()
    {
        await using var cluster = await Cluster.StartAsync();
        var letters = new DeadLetters(cluster.Producer, NullLogger<DeadLetters>.Instance);
        byte[] bytes = [0x7B, 0x00, 0xFF, 0x31];
        await letters.PublishAsync(new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(Topics.Trades, 3, 77),
            Message = new Message<byte[], byte[]>
            {
                Key = "binance:BTCUSDT"u8.ToArray(),
                Value = bytes,
                Headers = new Headers { { "traceparent", "00-x"u8.ToArray() } },
            },
        }, "not JSON", "storage", default);

        var letter = Read(cluster, Topics.DeadLetters(Topics.Trades));
        Assert.Equal(bytes, letter.Message.Value);
        Assert.Equal("binance:BTCUSDT", Encoding.UTF8.GetString(letter.Message.Key));
        string Header(string name) => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
        Assert.Equal(
            ("not JSON", "storage", Topics.Trades, "3", "77", "00-x"),
            (Header(DeadLetters.ReasonHeader), Header(DeadLetters.StageHeader), Header(DeadLetters.TopicHeader),
                Header(DeadLetters.PartitionHeader), Header(DeadLetters.OffsetHeader), Header(TraceHeaders.TraceParent)));
    }

    [Fact]
    public void Trace_headers_are_there_for_sampled_activities_only()
    {
        using var source = new ActivitySource("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s == source,
            Sample = (ref ActivityCreationOptions<ActivityContext> o) =>
                o.Name == "sampled" ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
        };
        ActivitySource.AddActivityListener(listener);

        using (source.StartActivity("dropped")) Assert.Null(TraceHeaders.Of(Activity.Current));
        using var sampled = source.StartActivity("sampled");
        Assert.True(TraceHeaders.TryRead(TraceHeaders.Of(sampled), out var context));
        Assert.Equal(sampled!.Context.TraceId, context.TraceId);
        Assert.Equal(sampled.SpanId, context.SpanId);
        Assert.False(TraceHeaders.TryRead(null, out _));
        Assert.False(TraceHeaders.TryRead(new Headers { { TraceHeaders.TraceParent, "rubbish"u8.ToArray() } }, out _));
    }

    private static ConsumeResult<byte[], byte[]> Read(Cluster cluster, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            KafkaClients.ConsumerConfig(cluster.Options, "reader", null, TimeSpan.FromSeconds(6))).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        return consumer.Consume(TimeSpan.FromSeconds(90)) ?? throw new TimeoutException($"nothing in {topic}");
    }
}
