using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.EmbeddedKafka.Tests.Wire;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Groups;

/// <summary>A group that holds nothing is forgotten every few milliseconds; whoever begins one must not notice.</summary>
public sealed class ForgottenGroupTests
{
    [Fact]
    public async Task First_commits_and_joins_are_never_refused_for_a_group_that_is_just_forgotten()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = await RawClient.ConnectAsync(broker);
        await client.SendAsync(VectorFile.Encode("0013 0002 00000001 0003 'raw' 00000001 0001 't' 00000001 0001 00000000 00000000 00007530 00"));
        Assert.NotNull(await client.ReceiveAsync());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            using var raw = await RawClient.ConnectAsync(broker);
            for (int i = 0; i < TestScale.Count(20_000); i++)
            {
                // OffsetCommit v2, at once deleted again by OffsetDelete v0; JoinGroup v4, which only promises a member id.
                string group = $"0002 'g{worker}'";
                Assert.Equal(0, await ErrorAsync(raw, $"0008 0002 00000001 0003 'raw' {group} ffffffff 0000 ffffffffffffffff 00000001 0001 't' 00000001 00000000 0000000000000001 ffff", 4 + 4 + 3 + 4 + 4));
                Assert.Equal(0, await ErrorAsync(raw, $"002f 0000 00000001 0003 'raw' {group} 00000001 0001 't' 00000001 00000000", 4));
                Assert.Equal(79, await ErrorAsync(raw, $"000b 0004 00000001 0003 'raw' 0002 'j{worker}' 00000064 00007530 0000 0008 'consumer' 00000001 0005 'range' 00000000", 4 + 4));
            }
        })));

        async Task<short> ErrorAsync(RawClient raw, string request, int position)
        {
            await raw.SendAsync(VectorFile.Encode(request));
            return BinaryPrimitives.ReadInt16BigEndian((await raw.ReceiveAsync(patience.Token)).AsSpan(position));
        }
    }
}
