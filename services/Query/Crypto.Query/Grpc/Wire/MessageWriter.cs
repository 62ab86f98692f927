using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Crypto.Query.Grpc.Wire;

/// <summary>Writes length-prefixed messages into a response, gzipped where the client takes it and it pays.</summary>
internal sealed class MessageWriter(PipeWriter body, bool gzip, int compressFromBytes)
{
    private const int PrefixBytes = 5;

    /// <summary>Appends one message; nothing is sent before the pipe is flushed or completed.</summary>
    public void Write(IMessage message)
    {
        var shared = SharedBytes.Of(message);
        var size = shared?.Length ?? message.CalculateSize();
        if (gzip && size >= compressFromBytes)
        {
            WriteCompressed(message);
            return;
        }
        WritePrefix(compressed: false, size);
        if (shared is not null) body.Write(shared);
        else if (size > 0) message.WriteTo(body);
    }

    private void WriteCompressed(IMessage message)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) message.WriteTo(zip);
        WritePrefix(compressed: true, (int)bytes.Length);
        body.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private void WritePrefix(bool compressed, int length)
    {
        var prefix = body.GetSpan(PrefixBytes);
        prefix[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        body.Advance(PrefixBytes);
    }
}
