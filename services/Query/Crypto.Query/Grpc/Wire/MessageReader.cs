using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Crypto.Query.Grpc.Wire;

/// <summary>
/// Reads the length-prefixed messages of a request: one byte that says whether it is compressed, four bytes of length
/// (big-endian), the message.
/// </summary>
internal sealed class MessageReader(PipeReader body, bool gzip, int maxBytes)
{
    private const int PrefixBytes = 5;

    /// <summary>The next message, or null where the client has sent its last.</summary>
    /// <exception cref="GrpcStatusException">The bytes are no message, or one that is too large.</exception>
    public async ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellation);
            var buffer = result.Buffer;
            if (result.IsCanceled) throw new OperationCanceledException(cancellation);
            if (buffer.Length >= PrefixBytes)
            {
                var (compressed, length) = ReadPrefix(buffer);
                if (buffer.Length >= PrefixBytes + length)
                {
                    var end = buffer.GetPosition(PrefixBytes + length);
                    var message = Parse(parser, buffer.Slice(PrefixBytes, length), compressed);
                    body.AdvanceTo(end);
                    return message;
                }
            }
            if (result.IsCompleted)
            {
                body.AdvanceTo(buffer.End);
                return buffer.IsEmpty ? null : throw new GrpcStatusException(GrpcStatus.Internal, "the request ends inside a message");
            }
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The only message of a request.</summary>
    /// <exception cref="GrpcStatusException">There is none, or more than one.</exception>
    public async ValueTask<T> ReadSingleAsync<T>(MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var message = await ReadAsync(parser, cancellation)
            ?? throw new GrpcStatusException(GrpcStatus.Unimplemented, "this method takes one request message, none was sent");
        var rest = await body.ReadAsync(cancellation);
        body.AdvanceTo(rest.Buffer.Start, rest.Buffer.End);
        if (rest.Buffer.IsEmpty && rest.IsCompleted) return message;
        throw new GrpcStatusException(GrpcStatus.Unimplemented, "this method takes one request message, more were sent");
    }

    private (bool Compressed, int Length) ReadPrefix(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        if (prefix[0] > 1) throw new GrpcStatusException(GrpcStatus.Internal, $"the compressed flag is {prefix[0]}, not 0 or 1");
        if (prefix[0] == 1 && !gzip)
            throw new GrpcStatusException(GrpcStatus.Internal, "a compressed message without a grpc-encoding header that says how");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)maxBytes) throw TooLarge();
        return (prefix[0] == 1, (int)length);
    }

    private T Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes, bool compressed)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(compressed ? Decompress(bytes) : bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new GrpcStatusException(GrpcStatus.Internal, $"the request message is not valid protobuf: {e.Message}");
        }
        catch (InvalidDataException e)
        {
            throw new GrpcStatusException(GrpcStatus.Internal, $"the request message is not valid gzip: {e.Message}");
        }
    }

    // The limit holds for what comes out, so that a small bomb cannot fill the memory.
    private ReadOnlySequence<byte> Decompress(ReadOnlySequence<byte> bytes)
    {
        using var gzipped = new GZipStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        var plain = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = gzipped.Read(plain.GetSpan(4096));
            if (read == 0) return new ReadOnlySequence<byte>(plain.WrittenMemory);
            plain.Advance(read);
            if (plain.WrittenCount > maxBytes) throw TooLarge();
        }
    }

    private GrpcStatusException TooLarge() =>
        new(GrpcStatus.ResourceExhausted, $"the request message is larger than the {maxBytes} bytes that this server takes");
}
