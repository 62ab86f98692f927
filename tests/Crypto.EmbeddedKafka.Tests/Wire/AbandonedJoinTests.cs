using Confluent.Kafka;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Wire;

public sealed class AbandonedJoinTests
{
    /// <summary>JoinGroup v2 into "g", with a session of {0} ms; the others have ten minutes to join.</summary>
    private const string Join =
        "000b 0002 00000001 0003 'raw' 0001 'g' {0} 000927c0 0000 0008 'consumer' 00000001 0005 'range' 00000000";

    [Fact]
    public async Task A_member_whose_connection_ends_while_it_waits_for_the_others_is_out_when_its_session_ends()
    {
        await using var broker = await TestBroker.StartAsync();
        using var admin = TestClients.Admin(broker);
        using var staying = await RawClient.ConnectAsync(broker);
        await staying.SendAsync(Request(sessionMs: 600_000));
        string id = MemberId((await staying.ReceiveAsync())!);
        // SyncGroup v2 by the leader: it assigns nothing.
        await staying.SendAsync(VectorFile.Encode($"000e 0002 00000002 0003 'raw' 0001 'g' 00000001 {id.Length:x4} '{id}' 00000000"));
        Assert.NotNull(await staying.ReceiveAsync());
        using (var leaving = await RawClient.ConnectAsync(broker))
        {
            await leaving.SendAsync(Request(sessionMs: 500)); // waits until the other one joins again, which it does not
            await Eventually.Async(() => Members(admin).Count == 2, withinSeconds: 60);
        }

        await Eventually.Async(() => Members(admin).Count == 1, withinSeconds: 60);

        Assert.Equal(id, Members(admin)[0]);
    }

    private static byte[] Request(int sessionMs) =>
        VectorFile.Encode(Join.Replace("{0}", sessionMs.ToString("x8", null), StringComparison.Ordinal));

    private static List<string> Members(IAdminClient admin) =>
        [.. admin.DescribeConsumerGroupsAsync(["g"]).GetAwaiter().GetResult().ConsumerGroupDescriptions.Single().Members.Select(m => m.ConsumerId)];

    private static string MemberId(byte[] answer)
    {
        var reader = new KafkaReader(answer, flexible: false);
        reader.Int64(); // correlation id, throttle time
        Assert.Equal(0, reader.Int16());
        reader.Int32(); // generation
        reader.String(); // protocol
        reader.String(); // leader
        return reader.String();
    }
}
