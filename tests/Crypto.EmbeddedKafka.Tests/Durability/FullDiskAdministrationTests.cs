using System.Buffers.Binary;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.EmbeddedKafka.Tests.Wire;
using Crypto.Testing;
using BrokerError = Crypto.EmbeddedKafka.Protocol.ErrorCode;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>
/// Everything but records that is written to the disk, while there is no room on it: commits, topics, settings, producer ids.
/// Each is refused with a code that clients try again after, as it was before, and goes through once there is room.
/// </summary>
public sealed class FullDiskAdministrationTests : IAsyncLifetime
{
    private const string Header = "00000001 0003 'raw'";

    /// <summary>So long that its deletion does not fit where a small commit does not.</summary>
    private static readonly string OtherGroup = new('o', 200);

    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;
    private RawClient _client = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_broker is not null)
            await _broker.DisposeAsync();
        await Mounting.UnmountAsync(_folder.Path);
        _folder.Dispose();
    }

    [SystemFact(SystemNeed.Mount)]
    public async Task What_cannot_be_stored_is_to_be_tried_again_and_goes_through_once_there_is_room()
    {
        await Mounting.MountAsync(_folder.Path, "8m");
        await StartAsync();
        using (var admin = Admin())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "t", NumPartitions = 1, ReplicationFactor = 1 }]);
        Assert.Equal(0, await CommitAsync(1));
        Assert.Equal(0, await CommitAsync(1, group: OtherGroup));
        await FillAsync();

        // A file's last page has room for a while, so commits go on for some time.
        int offset = 1;
        short error;
        while ((error = await CommitAsync(offset + 1)) == 0 && offset < 1000)
            offset++;

        Assert.Equal((short)BrokerError.CoordinatorNotAvailable, error);
        Assert.Equal(offset, await CommittedAsync());
        foreach (var (name, change, expected) in Changes())
            Assert.True(expected == await change(), name);
        Assert.DoesNotContain("unexpected failure", _broker!.Log, StringComparison.Ordinal);
        Assert.Equal(["t"], await TopicsAsync());
        // Who joins a group needs no room on the disk.
        Assert.Equal((short)BrokerError.None, await JoinAsync());

        File.Delete(Filler);
        Assert.Equal(0, await CommitAsync(1000));
        foreach (var (name, change, _) in Changes())
            Assert.True(await change() == 0, name);
        await _broker.KillAsync();
        await StartAsync();

        Assert.Equal(1000, await CommittedAsync());
        Assert.Equal(["new", "t"], await TopicsAsync());
        using (var admin = Admin())
        {
            Assert.Equal(2, admin.GetMetadata("t", TimeSpan.FromSeconds(60)).Topics.Single().Partitions.Count);
            var settings = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = "t" }]);
            Assert.Equal("12345", settings.Single().Entries["retention.ms"].Value);
            Assert.DoesNotContain((await admin.ListConsumerGroupsAsync()).Valid, g => g.GroupId == OtherGroup);
        }
    }

    /// <summary>What is written, the code that it must get on a full disk, and how to ask for it.</summary>
    private IEnumerable<(string Name, Func<Task<short>> Change, short Error)> Changes()
    {
        const short Storage = (short)BrokerError.KafkaStorageError;
        const short Coordinator = (short)BrokerError.CoordinatorNotAvailable;
        const short Loading = (short)BrokerError.CoordinatorLoadInProgress;
        yield return ("CreateTopics", () => ErrorAsync(
            $"0013 0002 {Header} 00000001 0003 'new' 00000001 0001 00000000 00000000 00007530 00", "00000000 00000001 0003 'new'"), Storage);
        yield return ("CreatePartitions", () => ErrorAsync(
            $"0025 0000 {Header} 00000001 0001 't' 00000002 ffffffff 00007530 00", "00000000 00000001 0001 't'"), Storage);
        yield return ("IncrementalAlterConfigs", () => ErrorAsync(
            $"002c 0000 {Header} 00000001 02 0001 't' 00000001 000c 'retention.ms' 00 0005 '12345' 00", "00000000 00000001"), Storage);
        yield return ("InitProducerId", () => ErrorAsync($"0016 0000 {Header} ffff 00007530", "00000000"), Loading);
        yield return ("DeleteGroups", () => ErrorAsync(
            $"002a 0000 {Header} 00000001 00c8 '{OtherGroup}'", $"00000000 00000001 00c8 '{OtherGroup}'"), Coordinator);
    }

    private async Task<short> CommitAsync(long offset, string group = "g") => await ErrorAsync(
        $"0008 0002 {Header} {group.Length:x4} '{group}' ffffffff 0000 ffffffffffffffff 00000001 0001 't' 00000001 00000000 {offset:x16} ffff",
        "00000001 0001 't' 00000001 00000000");

    private async Task<long> CommittedAsync()
    {
        var answer = await AskAsync($"0009 0001 {Header} 0001 'g' 00000001 0001 't' 00000001 00000000");
        return BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(4 + 4 + 3 + 4 + 4));
    }

    private Task<short> JoinAsync() => ErrorAsync(
        $"000b 0002 {Header} 0002 'g2' 00007530 00007530 0000 0008 'consumer' 00000001 0005 'range' 00000000", "00000000");

    private async Task<string[]> TopicsAsync()
    {
        using var admin = Admin();
        return await Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(60)).Topics.Select(t => t.Topic).Order().ToArray());
    }

    /// <param name="request">What is asked.</param>
    /// <param name="before">What stands before the error in the answer, behind the correlation id.</param>
    private async Task<short> ErrorAsync(string request, string before)
    {
        var answer = await AskAsync(request);
        return BinaryPrimitives.ReadInt16BigEndian(answer.AsSpan(4 + VectorFile.Encode(before).Length));
    }

    private async Task<byte[]> AskAsync(string request)
    {
        await _client.SendAsync(VectorFile.Encode(request));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _client.ReceiveAsync(patience.Token) ?? throw new InvalidOperationException($"closed after {request}: {_broker!.Log}");
    }

    private async Task StartAsync()
    {
        _client?.Dispose();
        _broker = await BrokerProcess.StartAsync(_folder.Path, 0, "AutoCreateTopics=false");
        _client = await RawClient.ConnectAsync(_broker.Port);
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _broker!.BootstrapServers }).Build();

    private string Filler => Path.Combine(_folder.Path, "filler");

    /// <summary>Writes until there is not a byte left.</summary>
    private async Task FillAsync()
    {
        var zeros = new byte[4096];
        await using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                file.Write(zeros);
        }
        catch (IOException)
        {
        }
    }
}
