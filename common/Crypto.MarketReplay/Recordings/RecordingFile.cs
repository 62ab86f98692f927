using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Recordings;

/// <summary>
/// A recording in a text file, optionally gzip: one <c>&lt;receive time in ns&gt; &lt;frame as it came&gt;</c> per line.
/// Whether it is compressed is told by its first bytes, not by its name.
/// </summary>
public sealed class RecordingFile(string path) : IRecordingSource
{
    // 2001 to 2096 in nanoseconds: a line in another unit, or without a time, is no line of a recording.
    private const long EarliestNs = 1_000_000_000_000_000_000;
    private const long LatestNs = 4_000_000_000_000_000_000;

    private uint? _unpackedLength;

    public string Name => path;

    public IEnumerable<RecordedFrame> Read()
    {
        using var stream = Open();
        var lineNumber = 0L;
        foreach (var line in Lines(stream))
        {
            lineNumber++;
            if (line.Length == 0) continue;
            yield return Parse(line, lineNumber);
        }
        if (lineNumber == 0) throw new FatalException($"The recording {path} is empty.");
    }

    private Stream Open()
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FatalException($"The recording {path} cannot be read: {e.Message}", e);
        }
        Span<byte> magic = stackalloc byte[2];
        var compressed = file.Read(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
        if (compressed) _unpackedLength = ReadUnpackedLength(file);
        file.Position = 0;
        return compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static uint ReadUnpackedLength(FileStream file)
    {
        Span<byte> length = stackalloc byte[sizeof(uint)];
        file.Seek(-length.Length, SeekOrigin.End);
        file.ReadExactly(length);
        return BinaryPrimitives.ReadUInt32LittleEndian(length);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Lines(Stream stream)
    {
        var buffer = new byte[1 << 16];
        int start = 0, end = 0;
        var total = 0L;
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return TrimReturn(buffer.AsMemory(start, length));
                start += length + 1;
                continue;
            }
            if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = ReadSome(stream, buffer.AsSpan(end));
            if (read == 0) break;
            end += read;
            total += read;
        }
        // The framework takes an archive that was cut off for one that ended: then the length is not the one that an archive
        // keeps in its last bytes.
        if (_unpackedLength is { } unpacked && unpacked != (uint)total)
            throw new FatalException($"The recording {path} is damaged: the archive is cut off (or several in one file; give each a file of its own).");
        if (end > 0) yield return TrimReturn(buffer.AsMemory(0, end));
    }

    private int ReadSome(Stream stream, Span<byte> target)
    {
        try
        {
            return stream.Read(target);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new FatalException($"The recording {path} is damaged: {e.Message}", e);
        }
    }

    private RecordedFrame Parse(ReadOnlyMemory<byte> line, long lineNumber)
    {
        var separator = line.Span.IndexOf((byte)' ');
        if (separator <= 0 || !Utf8Parser.TryParse(line.Span[..separator], out long receivedNs, out var used) || used != separator)
            throw Unreadable(lineNumber, "it does not begin with a receive time and a space");
        if (receivedNs is < EarliestNs or > LatestNs) throw Unreadable(lineNumber, $"the receive time {receivedNs} is not in nanoseconds");
        return new RecordedFrame(receivedNs, line[(separator + 1)..]);
    }

    private FatalException Unreadable(long lineNumber, string why) =>
        new($"The recording {path} has an unreadable line {lineNumber}: {why}; a line is '<receive time in ns> <frame>'.");

    private static ReadOnlyMemory<byte> TrimReturn(ReadOnlyMemory<byte> line) =>
        line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
}
