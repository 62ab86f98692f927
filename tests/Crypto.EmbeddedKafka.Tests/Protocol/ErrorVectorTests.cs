using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Apis;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Protocol;

/// <summary>What clients ask in vain, and the error that they get, byte by byte.</summary>
public sealed class ErrorVectorTests
{
    private const string Session = "errors.txt";

    [Fact]
    public async Task A_request_that_cannot_be_granted_gets_the_error_that_clients_expect()
    {
        await using var broker = await TestBroker.StartAsync();
        await VectorFile.PlayAsync(Session, broker);
    }

    [Fact]
    public void Every_api_that_can_fail_does_so_in_the_session()
    {
        var apis = ServedApis.Create(new BrokerParts(null!, null!, null!, null!, new EmbeddedKafkaOptions(), null!, null!, null!));
        var covered = VectorFile.Read(Session)
            .Select(v => (ApiKey)BinaryPrimitives.ReadInt16BigEndian(Convert.FromHexString(v.Request[0])));

        Assert.Equal(
            apis.All.Select(a => a.Key).Except([ApiKey.ApiVersions, ApiKey.ListGroups]).Order(), covered.Distinct().Order());
    }
}
