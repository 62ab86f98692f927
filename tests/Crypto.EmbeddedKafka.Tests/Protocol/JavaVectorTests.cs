using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Apis;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Protocol;

/// <summary>
/// No Java client runs here; what it sends and expects is written down byte by byte instead, in the versions that clients of
/// Kafka 3.0 and 4.0 agree upon with this broker: a producer, a consumer in a group and an administrator.
/// </summary>
public sealed class JavaVectorTests
{
    [Theory]
    [InlineData("java-3.0.txt")]
    [InlineData("java-4.0.txt")]
    public async Task A_java_client_gets_the_answers_that_the_specification_foresees(string session)
    {
        await using var broker = await TestBroker.StartAsync();
        await VectorFile.PlayAsync(session, broker);
    }

    [Theory]
    [InlineData("java-3.0.txt")]
    [InlineData("java-4.0.txt")]
    public void The_vectors_cover_every_api_that_a_java_client_uses(string session)
    {
        // AlterConfigs was superseded by IncrementalAlterConfigs; DescribeTopicPartitions is used from 3.8 on.
        ApiKey[] unused = session == "java-3.0.txt" ? [ApiKey.AlterConfigs, ApiKey.DescribeTopicPartitions] : [ApiKey.AlterConfigs];
        var apis = ServedApis.Create(new BrokerParts(null!, null!, null!, null!, new EmbeddedKafkaOptions(), null!, null!, null!));
        var covered = VectorFile.Read(session).Select(v => Convert.FromHexString(v.Request[0] + v.Request[1]))
            .Select(b => (Key: (ApiKey)BinaryPrimitives.ReadInt16BigEndian(b), Version: BinaryPrimitives.ReadInt16BigEndian(b.AsSpan(2))))
            .ToHashSet();

        Assert.All(covered, c => Assert.True(apis.Find(c.Key)!.Serves(c.Version)));
        Assert.Equal(apis.All.Select(a => a.Key).Except(unused).Order(), covered.Select(c => c.Key).Distinct().Order());
        // The latest client is served in the latest versions.
        if (session == "java-4.0.txt")
            Assert.All(covered, c => Assert.Equal(apis.Find(c.Key)!.Max, c.Version));
    }
}
