using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Tests.Clients;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>What becomes of connections that ask wrongly, too much, nothing at all, or go away.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private const int MaxRequestBytes = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Fetch v4 of partition 0 of "t" from offset 0: waits up to MAX for a byte.</summary>
    private const string Fetch = "0001 0004 00000001 0003 'raw' ffffffff {0} 00000001 06400000 00 00000001 0001 't' 00000001 00000000 0000000000000000 06400000";

    private readonly CancellationTokenSource _patience = new(Patience);
    private TestBroker _broker = null!;

    public async Task InitializeAsync()
    {
        _broker = await TestBroker.StartAsync(o => (o.IdleConnectionMs, o.MaxRequestBytes) = (2000, MaxRequestBytes));
        await TestClients.CreateTopicAsync(_broker, "t");
        // The administrator's connection goes with it.
        await Eventually.Async(() => _broker.Broker.Connections == 0, withinSeconds: 60);
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _patience.Dispose();
    }

    [Fact]
    public async Task A_silent_connection_is_closed()
    {
        using var client = await RawClient.ConnectAsync(_broker);

        Assert.Null(await client.ReceiveAsync(_patience.Token));
    }

    [Fact]
    public async Task A_connection_that_waits_for_records_is_not_silent()
    {
        using var client = await RawClient.ConnectAsync(_broker);

        await client.SendAsync(FetchWaiting(5000));

        Assert.NotNull(await client.ReceiveAsync(_patience.Token));
    }

    [Fact]
    public async Task A_wait_for_records_ends_with_its_connection()
    {
        var client = await RawClient.ConnectAsync(_broker);
        await client.SendAsync(FetchWaiting(int.MaxValue));
        await Eventually.Async(() => _broker.Broker.Connections == 1, withinSeconds: 60);

        client.Dispose();

        await Eventually.Async(() => _broker.Broker.Connections == 0, withinSeconds: 60);
    }

    [Fact]
    public async Task A_wait_ends_with_its_connection_even_where_the_client_had_sent_more()
    {
        var client = await RawClient.ConnectAsync(_broker);
        await client.SendAsync(FetchWaiting(int.MaxValue));
        await client.SendAsync(FetchWaiting(0));
        await Eventually.Async(() => _broker.Broker.Connections == 1, withinSeconds: 60);

        client.Dispose();

        await Eventually.Async(() => _broker.Broker.Connections == 0, withinSeconds: 60);
    }

    [Fact]
    public async Task What_was_sent_during_a_wait_is_answered_after_it_in_order()
    {
        using var client = await RawClient.ConnectAsync(_broker);
        for (int id = 1; id <= 3; id++)
            await client.SendAsync(FetchWaiting(id == 1 ? 500 : 0, id));

        for (int id = 1; id <= 3; id++)
            Assert.Equal(id, BinaryPrimitives.ReadInt32BigEndian(await client.ReceiveAsync(_patience.Token)));
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(MaxRequestBytes + 1)]
    public async Task A_frame_of_an_impossible_size_costs_its_connection(int size)
    {
        using var client = await RawClient.ConnectAsync(_broker);
        var frame = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(frame, size);

        await client.SendRawAsync(frame);

        Assert.Null(await client.ReceiveAsync(_patience.Token));
    }

    [Fact]
    public async Task Only_produce_requests_may_be_large()
    {
        using var client = await RawClient.ConnectAsync(_broker);
        var request = new byte[(MaxRequestBytes / 10) + 1];
        BinaryPrimitives.WriteInt16BigEndian(request, 3); // Metadata

        await client.SendAsync(request);

        Assert.Null(await client.ReceiveAsync(_patience.Token));
    }

    [Fact]
    public async Task An_unknown_version_of_ApiVersions_is_answered_and_of_others_costs_the_connection()
    {
        using var client = await RawClient.ConnectAsync(_broker);
        await client.SendAsync(VectorFile.Encode("0012 0063 00000007 0003 'raw' 00 02 'a' 02 'b' 00"));
        var answer = await client.ReceiveAsync(_patience.Token);
        // As from real brokers: error 35 in version 0, and the versions of this one API.
        Assert.Equal("00000007002300000001001200000004", Convert.ToHexString(answer!));

        await client.SendAsync(VectorFile.Encode("0003 0063 00000008 0003 'raw' 00 00 00"));

        Assert.Null(await client.ReceiveAsync(_patience.Token));
    }

    [Fact]
    public async Task Records_that_are_not_taken_end_the_connection_of_a_producer_that_wants_no_answer()
    {
        using var client = await RawClient.ConnectAsync(_broker);

        // Produce v3 with acks=0 into a topic that is not there.
        await client.SendAsync(VectorFile.Encode("0000 0003 00000001 0003 'raw' ffff 0000 00007530 00000001 0001 'x' 00000001 00000000 ffffffff"));

        Assert.Null(await client.ReceiveAsync(_patience.Token));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("example.org")]
    public async Task It_listens_on_loopback_addresses_only(string host)
    {
        var refused = await Assert.ThrowsAsync<EmbeddedKafkaException>(() => TestBroker.StartAsync(o => o.Host = host));

        Assert.Contains($"'{host}'", refused.Message, StringComparison.Ordinal);
    }

    internal static byte[] FetchWaiting(int maxWaitMs, int id = 1)
    {
        var request = VectorFile.Encode(Fetch.Replace("{0}", maxWaitMs.ToString("x8", null), StringComparison.Ordinal));
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), id);
        return request;
    }
}
