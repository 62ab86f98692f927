using System.Buffers;
using System.IO.Compression;
using Confluent.Kafka;

namespace Crypto.Storage.Raw;

/// <summary>
/// Appends the records of one partition. The files themselves say how far they reach: every line carries its offset, a line
/// that a crash tore is cut off, so that nothing is lost and nothing repeated, without any bookkeeping beside them.
/// </summary>
internal sealed class RawPartitionWriter : IDisposable
{
    private const long MaxFileBytes = 256L << 20;

    private readonly string _folder;
    private readonly string _log;
    private readonly int _generation;
    private readonly int _partition;
    private readonly ArrayBufferWriter<byte> _line = new();
    private RawFile? _file;
    private DateOnly _day;
    private FileStream? _stream;

    private RawPartitionWriter(string folder, string log, int generation, int partition)
    {
        (_folder, _log, _generation, _partition) = (folder, log, generation, partition);
    }

    /// <summary>The offset behind the last line; null where nothing of this log is archived.</summary>
    public long? NextOffset { get; private set; }

    /// <summary>Finds where the archive of the partition ends, and mends what a crash left.</summary>
    /// <param name="folder">The topic's folder.</param>
    /// <param name="topicId">Another topic id is another log, with files of its own.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="latest">The log's end: an archive that reaches beyond it belongs to a log that was longer.</param>
    public static RawPartitionWriter Open(string folder, string topicId, int partition, long latest)
    {
        var log = RawFile.LogOf(topicId);
        var files = RawFile.Of(folder).Where(file => file.Log == log && file.Partition == partition).ToList();
        var generation = files.Count == 0 ? 0 : files.Max(file => file.Generation);
        var writer = new RawPartitionWriter(folder, log, generation, partition);
        foreach (var file in files.Where(file => file.Generation == generation)) writer.TakeOver(file, files);
        if (!(writer.NextOffset > latest)) return writer;
        writer.Dispose();
        return new RawPartitionWriter(folder, log, generation + 1, partition);
    }

    /// <summary>Appends the record, unless it is archived already.</summary>
    public void Append(ConsumeResult<byte[], byte[]> record)
    {
        var offset = record.Offset.Value;
        if (offset < NextOffset) return;
        var day = DateOnly.FromDateTime(record.Message.Timestamp.UtcDateTime);
        // A record that is late at midnight stays in the newer file: files of a partition follow one another.
        if (_file is not null && (day > _day || _stream!.Length > MaxFileBytes)) Close();
        if (_file is null)
        {
            _day = day;
            _file = RawFile.Open(_folder, day, _log, _generation, _partition, offset);
            Directory.CreateDirectory(Path.GetDirectoryName(_file.Path)!);
            _stream = new FileStream(_file.Path, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
        }
        RawLine.Write(_line, record);
        _stream!.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
        NextOffset = offset + 1;
    }

    public void Flush() => _stream?.Flush();

    /// <summary>Compresses the file under its final name. A crash anywhere here leaves one of the two whole.</summary>
    public void Close()
    {
        if (_file is not { } file) return;
        _stream!.Dispose();
        (_stream, _file) = (null, null);
        var closed = file.Closed(NextOffset!.Value - 1);
        var unfinished = closed.Path + ".tmp";
        using (var source = File.OpenRead(file.Path))
        using (var target = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)) source.CopyTo(gzip);
            target.Flush(flushToDisk: true);
        }
        File.Move(unfinished, closed.Path, overwrite: true);
        File.Delete(file.Path);
    }

    public void Dispose() => _stream?.Dispose();

    private void TakeOver(RawFile file, List<RawFile> all)
    {
        if (file.Last is { } last)
        {
            NextOffset = Math.Max(NextOffset ?? 0, last + 1);
            return;
        }
        // It was compressed already and only not deleted.
        if (all.Exists(other => other.IsClosed && other.Generation == file.Generation && other.First == file.First))
        {
            File.Delete(file.Path);
            return;
        }
        if (_file is not null) Close();
        if (CutTornLine(file) is not { } lastOffset)
        {
            File.Delete(file.Path);
            return;
        }
        NextOffset = lastOffset + 1;
        _file = file;
        _day = file.Day;
        _stream = new FileStream(file.Path, FileMode.Append, FileAccess.Write, FileShare.Read, 1 << 16);
    }

    /// <summary>Cuts the file behind its last whole line and returns that line's offset; null where there is none.</summary>
    private static long? CutTornLine(RawFile file)
    {
        using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        long? last = null;
        long whole = 0;
        var line = new ArrayBufferWriter<byte>();
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            var rest = buffer.AsSpan(0, read);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                line.Write(rest[..end]);
                if (RawLine.OffsetOf(line.WrittenSpan) is not { } offset)
                {
                    stream.SetLength(whole);
                    return last;
                }
                last = offset;
                whole += line.WrittenCount + 1;
                line.ResetWrittenCount();
            }
            line.Write(rest);
        }
        stream.SetLength(whole);
        return last;
    }
}
