using System.Buffers.Binary;

namespace Crypto.MarketReplay.Sockets;

/// <summary>A client broke the websocket protocol; the close code tells how (RFC 6455, 7.4.1).</summary>
internal sealed class WebSocketProtocolException(ushort closeCode, string message) : Exception(message)
{
    public ushort CloseCode => closeCode;
}

/// <summary>A whole message from a client.</summary>
internal readonly record struct WebSocketMessage(WebSocketOpcode Opcode, byte[] Payload);

/// <summary>Reads the masked frames of a client and joins fragments to messages.</summary>
internal sealed class WebSocketReader(Stream stream)
{
    /// <summary>Enough for a SUBSCRIBE of 1024 long stream names.</summary>
    public const int MaxMessageLength = 1 << 17;

    private const ushort ProtocolError = 1002;
    private const ushort TooBig = 1009;
    private readonly byte[] _header = new byte[14];
    private readonly List<byte> _fragments = [];
    private WebSocketOpcode _fragmented;

    /// <summary>The next message or control frame; null where the connection ended without a close.</summary>
    public async ValueTask<WebSocketMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReadFrameAsync(cancellationToken).ConfigureAwait(false) is not var (final, opcode, payload)) return null;
            if (opcode >= WebSocketOpcode.Close) return new WebSocketMessage(opcode, payload);
            if (opcode == WebSocketOpcode.Continuation && _fragmented == 0)
                throw new WebSocketProtocolException(ProtocolError, "a continuation without a beginning");
            if (opcode != WebSocketOpcode.Continuation && _fragmented != 0)
                throw new WebSocketProtocolException(ProtocolError, "a message inside a fragmented message");
            if (final && opcode != WebSocketOpcode.Continuation) return new WebSocketMessage(opcode, payload);
            if (opcode != WebSocketOpcode.Continuation) _fragmented = opcode;
            if (_fragments.Count + payload.Length > MaxMessageLength) throw new WebSocketProtocolException(TooBig, "message too big");
            _fragments.AddRange(payload);
            if (!final) continue;
            var message = new WebSocketMessage(_fragmented, [.. _fragments]);
            _fragments.Clear();
            _fragmented = 0;
            return message;
        }
    }

    private async ValueTask<(bool Final, WebSocketOpcode Opcode, byte[] Payload)?> ReadFrameAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(_header.AsMemory(0, 2), cancellationToken).ConfigureAwait(false)) return null;
        var opcode = (WebSocketOpcode)(_header[0] & 0x0f);
        if ((_header[0] & 0x70) != 0 || !Enum.IsDefined(opcode)) throw new WebSocketProtocolException(ProtocolError, "reserved bits or opcode");
        if ((_header[1] & 0x80) == 0) throw new WebSocketProtocolException(ProtocolError, "a client's frame is not masked");
        var length = (long)(_header[1] & 0x7f);
        if (opcode >= WebSocketOpcode.Close && length > 125) throw new WebSocketProtocolException(ProtocolError, "a control frame is too long");
        var extra = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (!await FillAsync(_header.AsMemory(2, extra + 4), cancellationToken).ConfigureAwait(false)) return null;
        if (extra == 2) length = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2));
        if (extra == 8) length = BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2));
        if (length is < 0 or > MaxMessageLength) throw new WebSocketProtocolException(TooBig, "message too big");
        var payload = new byte[length];
        if (!await FillAsync(payload, cancellationToken).ConfigureAwait(false)) return null;
        for (var i = 0; i < payload.Length; i++) payload[i] ^= _header[2 + extra + (i & 3)];
        return ((_header[0] & 0x80) != 0, opcode, payload);
    }

    private async ValueTask<bool> FillAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(target, target.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read == target.Length;
    }
}
