using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Wire;

/// <summary>A connection that sends and receives bytes, right or wrong.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    internal static async Task<RawClient> ConnectAsync(int port)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    internal static Task<RawClient> ConnectAsync(TestBroker broker) => ConnectAsync(broker.Port);

    internal Socket Socket => _client.Client;

    /// <summary>Sends a request with its size in front.</summary>
    internal async Task SendAsync(ReadOnlyMemory<byte> request)
    {
        var framed = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, request.Length);
        request.CopyTo(framed.AsMemory(4));
        await SendRawAsync(framed);
    }

    internal async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    /// <summary>The next answer without its size; null when the broker has closed the connection.</summary>
    internal async Task<byte[]?> ReceiveAsync(CancellationToken cancellation = default)
    {
        try
        {
            var stream = _client.GetStream();
            var size = new byte[4];
            if (await stream.ReadAtLeastAsync(size, 4, throwOnEndOfStream: false, cancellation) < 4)
                return null;
            var answer = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
            await stream.ReadExactlyAsync(answer, cancellation);
            return answer;
        }
        catch (IOException)
        {
            return null; // reset
        }
    }

    public void Dispose() => _client.Dispose();
}
