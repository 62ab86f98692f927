using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>
/// A file of small entries, each with its length and checksum, that is read whole at the start and only ever appended to -
/// until it is mostly history and is written anew. An entry that a crash has torn is cut off.
/// </summary>
internal sealed class Journal : IDisposable
{
    private const int FrameSize = 8;
    private const int MaxEntry = 64 << 20;

    private readonly string _path;
    private readonly bool _flushAlways;
    private SafeFileHandle _file;

    private Journal(string path, bool flushAlways)
    {
        _path = path;
        _flushAlways = flushAlways;
        _file = OpenFile(path);
    }

    internal long Size { get; private set; }

    /// <summary>How many bytes of a torn entry were found at the end.</summary>
    internal long Torn { get; private set; }

    internal static Journal Open(string path, bool flushAlways, Action<Memory<byte>> replay)
    {
        var journal = new Journal(path, flushAlways);
        var content = File.ReadAllBytes(path);
        while (journal.TryEntry(content, out var entry))
        {
            replay(entry);
            journal.Size += FrameSize + entry.Length;
        }
        journal.Torn = content.Length - journal.Size;
        if (journal.Torn > 0)
            RandomAccess.SetLength(journal._file, journal.Size);
        return journal;
    }

    /// <exception cref="IOException">The entry was not written; the journal is as it was.</exception>
    internal void Append(ReadOnlySpan<byte> entry)
    {
        var framed = Frame(entry);
        RandomAccess.Write(_file, framed, Size);
        if (_flushAlways)
            RandomAccess.FlushToDisk(_file);
        Size += framed.Length;
    }

    /// <summary>Replaces the history by the entries that matter.</summary>
    /// <exception cref="IOException">The journal is as it was.</exception>
    internal void Rewrite(IEnumerable<byte[]> entries)
    {
        long size = 0;
        string temporary = AtomicFile.WriteBeside(_path, file =>
        {
            foreach (var entry in entries)
                file.Write(Frame(entry));
            size = file.Length;
        });
        _file.Dispose();
        File.Move(temporary, _path, overwrite: true);
        _file = OpenFile(_path);
        Size = size;
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle OpenFile(string path) =>
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static byte[] Frame(ReadOnlySpan<byte> entry)
    {
        var framed = new byte[FrameSize + entry.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed, entry.Length);
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(4), Crc32C.Compute(entry));
        entry.CopyTo(framed.AsSpan(FrameSize));
        return framed;
    }

    private bool TryEntry(byte[] content, out Memory<byte> entry)
    {
        entry = default;
        var rest = content.AsMemory((int)Size);
        if (rest.Length < FrameSize)
            return false;
        int length = BinaryPrimitives.ReadInt32BigEndian(rest.Span);
        if (length is < 1 or > MaxEntry || length > rest.Length - FrameSize)
            return false;
        entry = rest.Slice(FrameSize, length);
        return BinaryPrimitives.ReadUInt32BigEndian(rest.Span[4..]) == Crc32C.Compute(entry.Span);
    }
}
