using Confluent.Kafka;
using Crypto.EmbeddedKafka.Tests.Durability;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>Hostile clients against a broker process; a healthy one is served throughout, and the memory stays flat.</summary>
public sealed class WireFuzzTests : IDisposable
{
    private const int Fuzzers = 8;
    private const long FlatBytes = 64 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mutated_requests_harm_nobody()
    {
        int total = TestScale.Count(1_000_000);
        await using var broker = await BrokerProcess.StartAsync(_folder.Path, 0, "MaxTopics=20", "MaxPartitionsPerTopic=8");
        int sockets = broker.OpenSockets;
        using var ending = new CancellationTokenSource();
        var healthy = new HealthyClient(broker.BootstrapServers);
        var served = Task.Run(() => healthy.Run(ending.Token));
        int sent = 0;
        var memory = new long[10];
        void Note()
        {
            int tenth = (int)(Interlocked.Increment(ref sent) * 10L / total);
            if (tenth is > 0 and <= 10 && Volatile.Read(ref memory[tenth - 1]) == 0)
                Volatile.Write(ref memory[tenth - 1], broker.ResidentBytes);
        }

        var fuzzers = Enumerable.Range(0, Fuzzers).Select(i => new WireFuzzer(broker.Port, 100 + i)).ToList();
        await Task.WhenAll(fuzzers.Select(f => Task.Factory.StartNew(
            () => f.Run(total / Fuzzers, Note), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        int trips = healthy.RoundTrips;
        await Eventually.Async(() => healthy.RoundTrips > trips + 10 || served.IsCompleted, withinSeconds: 90);
        await ending.CancelAsync();
        await served;

        Assert.True(broker.IsRunning);
        Assert.True(healthy.RoundTrips > 100, $"{healthy.RoundTrips} round trips");
        Assert.True(fuzzers.Sum(f => f.Answered) > total / 100 && fuzzers.Sum(f => f.CutOff) > total / 100, "too few of a kind");
        // A defect of the broker's own, as opposed to a request that it refused.
        Assert.DoesNotContain("unexpected failure", broker.Log, StringComparison.Ordinal);
        Assert.True(memory[^1] - memory[2] < FlatBytes, $"memory by tenths: {string.Join(", ", memory.Select(m => $"{m >> 20} MB"))}");
        await ConnectionsAreGoneAsync(broker, sockets);
    }

    /// <summary>Nothing is left of the hostile clients: a few connections of one administrator at most.</summary>
    private static async Task ConnectionsAreGoneAsync(BrokerProcess broker, int sockets)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.BootstrapServers }).Build();
        await Eventually.Async(() => admin.GetMetadata(TimeSpan.FromSeconds(30)).Topics.Exists(t => t.Topic == "healthy"), withinSeconds: 90);
        await Eventually.Async(() => broker.OpenSockets <= sockets + 3, withinSeconds: 90);
    }
}
