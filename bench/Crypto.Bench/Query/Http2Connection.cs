using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace Crypto.Bench.Query;

/// <summary>
/// One HTTP/2 connection that sends one prepared request again and again: so much of the protocol as a load generator needs,
/// so that on a shared machine the server and not the generator is measured.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    private const byte Data = 0, Headers = 1, Settings = 4, Ping = 6, WindowUpdate = 8, ResetStream = 3, GoAway = 7;
    private const byte EndStream = 1, Acknowledge = 1, EndHeaders = 4;
    private const int FrameHeader = 9;
    private readonly Socket _socket;
    private readonly PipeReader _reader;
    private readonly byte[] _headerBlock;
    private readonly byte[] _body;
    private readonly List<byte> _out = [];
    private int _nextStream = 1;
    private long _unacknowledged;

    public Http2Connection(Uri url, string path, byte[]? grpcBody)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(url.Host, url.Port);
        _reader = PipeReader.Create(new NetworkStream(_socket), new StreamPipeReaderOptions(bufferSize: 256 * 1024));
        _headerBlock = HeaderBlock(url.Authority, path, grpcBody is not null);
        _body = grpcBody ?? [];
        _out.AddRange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        // A stream's window as large as it may be, so that only the connection's has to be refilled.
        AddFrame(Settings, 0, 0, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF]);
        AddFrame(WindowUpdate, 0, 0, [0x3F, 0xFF, 0, 0]);
    }

    /// <summary>A stream sent data: its id and the frame's payload.</summary>
    public Action<int, ReadOnlySpan<byte>>? OnData { get; set; }

    /// <summary>A stream ended.</summary>
    public Action<int>? OnEnd { get; set; }

    /// <summary>Queues one request and answers with its stream id.</summary>
    public int Request()
    {
        var stream = _nextStream;
        _nextStream += 2;
        AddFrame(Headers, (byte)(EndHeaders | (_body.Length == 0 ? EndStream : 0)), stream, _headerBlock);
        if (_body.Length > 0) AddFrame(Data, EndStream, stream, _body);
        return stream;
    }

    /// <summary>Sends what is queued.</summary>
    public async ValueTask FlushAsync()
    {
        if (_out.Count == 0) return;
        var bytes = _out.ToArray();
        _out.Clear();
        await _socket.SendAsync(bytes);
    }

    /// <summary>Reads what has come; false where the server has closed.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        var result = await _reader.ReadAsync(cancellation);
        var buffer = result.Buffer;
        var bytes = buffer.IsSingleSegment ? buffer.First : System.Buffers.BuffersExtensions.ToArray(buffer);
        var used = 0;
        while (bytes.Length - used >= FrameHeader)
        {
            var header = bytes.Span.Slice(used, FrameHeader);
            var length = (header[0] << 16) | (header[1] << 8) | header[2];
            if (bytes.Length - used < FrameHeader + length) break;
            Handle(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header[5..]), bytes.Span.Slice(used + FrameHeader, length));
            used += FrameHeader + length;
        }
        _reader.AdvanceTo(buffer.GetPosition(used), buffer.End);
        return !result.IsCompleted;
    }

    public void Dispose()
    {
        _reader.Complete();
        _socket.Dispose();
    }

    private void Handle(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Data:
                OnData?.Invoke(stream, payload);
                _unacknowledged += payload.Length;
                if (_unacknowledged > 1 << 20)
                {
                    Span<byte> increment = stackalloc byte[4];
                    BinaryPrimitives.WriteInt32BigEndian(increment, (int)_unacknowledged);
                    AddFrame(WindowUpdate, 0, 0, increment);
                    _unacknowledged = 0;
                }
                break;
            case Settings when (flags & Acknowledge) == 0:
                AddFrame(Settings, Acknowledge, 0, []);
                break;
            case Ping when (flags & Acknowledge) == 0:
                AddFrame(Ping, Acknowledge, 0, payload);
                break;
            case ResetStream or GoAway:
                throw new InvalidOperationException($"the server refused stream {stream}: {Convert.ToHexString(payload)} {Encoding.ASCII.GetString(payload)}");
        }
        if (type is Data or Headers && (flags & EndStream) != 0) OnEnd?.Invoke(stream);
    }

    private void AddFrame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameHeader];
        BinaryPrimitives.WriteInt32BigEndian(header, payload.Length << 8);
        header[3] = type;
        header[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        _out.AddRange(header);
        _out.AddRange(payload);
    }

    // HPACK: indexed static fields, and literals that are not put into the table.
    private static byte[] HeaderBlock(string authority, string path, bool grpc)
    {
        var block = new List<byte> { grpc ? (byte)0x83 : (byte)0x82, 0x86 };
        Literal(block, 4, path);
        Literal(block, 1, authority);
        if (!grpc) return [.. block];
        Literal(block, 0x0F, 0x10, "application/grpc");
        block.Add(0);
        Text(block, "te");
        Text(block, "trailers");
        return [.. block];
    }

    private static void Literal(List<byte> block, byte index, string value)
    {
        block.Add(index);
        Text(block, value);
    }

    // content-type is static field 31, which takes a second byte: 15 + 16.
    private static void Literal(List<byte> block, byte index, byte more, string value)
    {
        block.Add(index);
        block.Add(more);
        Text(block, value);
    }

    private static void Text(List<byte> block, string text)
    {
        block.Add((byte)text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
