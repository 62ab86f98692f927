using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Clients;

/// <summary>Debian's kcat, with a librdkafka (2.0.2) older than the one that the other tests use.</summary>
public sealed class KcatTests : IAsyncLifetime
{
    private TestBroker _broker = null!;

    public async Task InitializeAsync()
    {
        await ForeignClient.InstallAsync("kcat");
        _broker = await TestBroker.StartAsync(o => o.LogCheckIntervalMs = 100);
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    [Fact]
    public async Task Kcat_produces_with_every_compression_and_reads_it_back()
    {
        string expected = "";
        foreach (string codec in new[] { "none", "gzip", "snappy", "lz4", "zstd" })
        {
            string lines = string.Concat(Enumerable.Range(0, 200).Select(i => $"{codec} {i}\n"));
            await KcatAsync(lines, "-P", "-t", "t", "-z", codec, "-X", "enable.idempotence=true");
            expected += lines;
        }

        Assert.Equal(expected, await KcatAsync("", "-C", "-t", "t", "-o", "beginning", "-e", "-q"));
    }

    [Fact]
    public async Task Kcat_consumes_as_a_group_and_goes_on_after_a_restart()
    {
        await KcatAsync("1\n2\n3\n", "-P", "-t", "t");
        Assert.Equal("1\n2\n3\n", await KcatAsync("", "-G", "g", "t", "-o", "beginning", "-e", "-q"));
        await _broker.RestartAsync();
        await KcatAsync("4\n", "-P", "-t", "t");

        Assert.Equal("4\n", await KcatAsync("", "-G", "g", "t", "-e", "-q"));
    }

    [Fact]
    public async Task Kcat_finds_offsets_by_time_and_lists_topics()
    {
        await KcatAsync("1\n2\n", "-P", "-t", "t");
        long later = DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds();

        Assert.Equal("t [0] offset 0", (await KcatAsync("", "-Q", "-t", "t:0:1")).Trim());
        Assert.Equal("t [0] offset -1", (await KcatAsync("", "-Q", "-t", $"t:0:{later}")).Trim());
        Assert.Contains("topic \"t\" with 1 partitions", await KcatAsync("", "-L"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kcat_reads_of_a_compacted_topic_each_keys_last_record_and_no_tombstones()
    {
        // kcat makes and changes no topics, so the settings come from another client.
        await TestClients.CreateTopicAsync(_broker, "t", settings: new()
        {
            ["cleanup.policy"] = "compact",
            ["segment.bytes"] = "2000",
            ["min.cleanable.dirty.ratio"] = "0",
            ["delete.retention.ms"] = "0",
        });
        for (int round = 0; round < 12; round++)
        {
            // An empty value is null with -Z: a tombstone.
            string lines = string.Concat(Enumerable.Range(0, 5).Select(k => k == 3 && round > 5 ? $"k{k}:\n" : $"k{k}:{round} {Noise(200)}\n"));
            await KcatAsync(lines, "-P", "-t", "t", "-K", ":", "-Z", "-z", "zstd");
        }
        // The segment that is written to is not compacted, so what counts must lie before it.
        for (int i = 0; i < 3; i++)
            await KcatAsync($"end:{Noise(2000)}\n", "-P", "-t", "t", "-K", ":");

        string kept = "";
        await Crypto.Testing.Eventually.IsTrueAsync(() =>
        {
            string[] read = KcatAsync("", "-C", "-t", "t", "-o", "beginning", "-e", "-q", "-f", "%k %S %s\n").GetAwaiter().GetResult().Split('\n');
            kept = string.Join(' ', read.Where(line => line.StartsWith('k')).Select(line => string.Join(' ', line.Split(' ')[..3])));
            return kept.Count(c => c == 'k') <= 4;
        }, TimeSpan.FromSeconds(120), () => kept);

        Assert.Equal("k0 203 11 k1 203 11 k2 203 11 k4 203 11", kept);
    }

    [Fact]
    public async Task Two_kcats_share_the_partitions_and_one_takes_all_when_the_other_is_killed()
    {
        await TestClients.CreateTopicAsync(_broker, "four", partitions: 4);
        RunningClient Join() => RunningClient.Start(
            "kcat", "-b", _broker.BootstrapServers, "-X", "session.timeout.ms=1000", "-X", "heartbeat.interval.ms=100", "-G", "g", "four");
        // kcat tells each assignment: "% Group g rebalanced (...): assigned: four [0], four [1]".
        static int Assigned(RunningClient kcat) =>
            kcat.Output.Split('\n').LastOrDefault(line => line.Contains("assigned: ", StringComparison.Ordinal))?.Split("four [").Length - 1 ?? 0;

        using var first = Join();
        await Eventually.Async(() => Assigned(first) == 4, withinSeconds: 60);
        using var second = Join();
        await Eventually.Async(() => Assigned(first) == 2 && Assigned(second) == 2, withinSeconds: 60);
        second.Kill();

        await Eventually.Async(() => Assigned(first) == 4, withinSeconds: 60);
    }

    private static string Noise(int length) => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(length / 2));

    private Task<string> KcatAsync(string input, params string[] arguments) =>
        ForeignClient.RunAsync("kcat", ["-b", _broker.BootstrapServers, .. arguments], input);
}
