using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crypto.MarketReplay.Sockets;

/// <summary>The kinds of websocket frames (RFC 6455, 5.2).</summary>
internal enum WebSocketOpcode : byte
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>
/// Server-side websocket framing. Our own, because thousands of frames go out in one write; the framework's socket writes
/// and flushes every message by itself, which is several times slower.
/// </summary>
internal static class WebSocketFrames
{
    private const byte Final = 0x80;

    /// <summary>Puts the header before a payload that was written from <paramref name="start"/> on.</summary>
    public static void Enclose(Utf8Buffer buffer, int start, WebSocketOpcode opcode)
    {
        var length = buffer.Length - start;
        if (length < 126)
        {
            var header = buffer.OpenGap(start, 2);
            header[1] = (byte)length;
            header[0] = (byte)(Final | (byte)opcode);
        }
        else if (length <= ushort.MaxValue)
        {
            var header = buffer.OpenGap(start, 4);
            header[0] = (byte)(Final | (byte)opcode);
            header[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
        }
        else
        {
            var header = buffer.OpenGap(start, 10);
            header[0] = (byte)(Final | (byte)opcode);
            header[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(header[2..], length);
        }
    }

    public static void Append(Utf8Buffer buffer, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var start = buffer.Length;
        buffer.Append(payload);
        Enclose(buffer, start, opcode);
    }

    public static byte[] ClosePayload(ushort code, string reason)
    {
        var payload = new byte[2 + Encoding.UTF8.GetByteCount(reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        Encoding.UTF8.GetBytes(reason, payload.AsSpan(2));
        return payload;
    }

    /// <summary>The answer to a client's <c>Sec-WebSocket-Key</c> (RFC 6455, 4.2.2).</summary>
    public static string AcceptKey(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
