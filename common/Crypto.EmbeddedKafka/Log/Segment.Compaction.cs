namespace Crypto.EmbeddedKafka.Log;

internal sealed partial class Segment
{
    internal const string CleanedExtension = ".cleaned";

    /// <summary>When the last record was appended; compaction keeps it.</summary>
    internal long LastWrittenMs => new DateTimeOffset(File.GetLastWriteTimeUtc(LogPath)).ToUnixTimeMilliseconds();

    /// <summary>Shows every batch of a sealed segment whole, in a buffer that is used again.</summary>
    internal void VisitBatches(Action<Memory<byte>> visitor)
    {
        var buffer = new byte[64 << 10];
        for (long position = 0; position < Size;)
        {
            if (ReadFully(buffer.AsSpan(0, BatchHeader.Size), position) < BatchHeader.Size)
                throw new IOException($"{LogPath} is damaged at position {position}");
            int size = new BatchHeader(buffer).TotalSize;
            if (size < BatchHeader.Size || size > Size - position)
                throw new IOException($"{LogPath} is damaged at position {position}");
            if (buffer.Length < size)
                buffer = new byte[size];
            ReadFully(buffer.AsSpan(0, size), position);
            visitor(buffer.AsMemory(0, size));
            position += size;
        }
    }

    /// <summary>
    /// Puts a segment with other batches in this one's place on the disk. Readers that have the old file read on in it; a
    /// crash in between leaves either file, and an index that does not fit is made anew.
    /// </summary>
    /// <param name="folder">The partition's.</param>
    /// <param name="filter">Gives what a batch is replaced by: itself, another one, or nothing.</param>
    /// <returns>This segment where nothing changes, null where no batch is left; its files are still there then.</returns>
    /// <exception cref="IOException">The segment is as it was; the disk may be full.</exception>
    internal Segment? Filter(string folder, Func<Memory<byte>, ReadOnlyMemory<byte>> filter)
    {
        LoadIndex(); // it is about to be another's
        string cleaned = LogPath + CleanedExtension;
        try
        {
            long? written = WriteFiltered(cleaned, filter);
            if (written is > 0)
                return ReplaceBy(cleaned, folder);
            File.Delete(cleaned);
            return written is null ? this : null;
        }
        catch
        {
            File.Delete(cleaned); // above all on a full disk
            throw;
        }
    }

    /// <returns>The size of the new file; null where nothing changes and nothing was written.</returns>
    private long? WriteFiltered(string path, Func<Memory<byte>, ReadOnlyMemory<byte>> filter)
    {
        FileStream? file = null;
        long position = 0;
        try
        {
            VisitBatches(batch =>
            {
                var left = filter(batch);
                // Another compression may take more room than the client's did; positions are kept in 31 bits.
                if ((file?.Length ?? position) + left.Length + (Size - position - batch.Length) > int.MaxValue)
                    left = batch;
                if (file is null && !left.Equals(batch))
                {
                    file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
                    CopyBeginning(file, position);
                }
                file?.Write(left.Span);
                position += batch.Length;
            });
            file?.Flush(flushToDisk: true);
            return file?.Length;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private void CopyBeginning(FileStream target, long length)
    {
        var buffer = new byte[256 << 10];
        for (long position = 0; position < length;)
        {
            int read = ReadFully(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - position)), position);
            if (read == 0)
                throw new IOException($"{LogPath} ends at position {position}");
            target.Write(buffer, 0, read);
            position += read;
        }
    }

    private Segment ReplaceBy(string cleaned, string folder)
    {
        File.SetLastWriteTimeUtc(cleaned, File.GetLastWriteTimeUtc(LogPath));
        File.Delete(IndexPath);
        File.Move(cleaned, LogPath, overwrite: true);
        var replacement = new Segment(folder, BaseOffset) { FirstWrittenMs = FirstWrittenMs };
        replacement.Scan(ScanStart.Beginning, _ => { });
        replacement.NextOffset = NextOffset;
        replacement.Seal();
        return replacement;
    }
}
