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
    /// Puts other batches in this segment's place on the disk. Readers that have the old file read on in it; a crash in
    /// between leaves either file, and an index that does not fit is made anew.
    /// </summary>
    internal Segment ReplaceBy(string folder, IEnumerable<byte[]> batches)
    {
        var lastWritten = File.GetLastWriteTimeUtc(LogPath);
        string cleaned = LogPath + CleanedExtension;
        using (var file = new FileStream(cleaned, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            foreach (var batch in batches)
                file.Write(batch);
            file.Flush(flushToDisk: true);
        }
        File.SetLastWriteTimeUtc(cleaned, lastWritten);
        File.Delete(IndexPath);
        File.Move(cleaned, LogPath, overwrite: true);
        var replacement = new Segment(folder, BaseOffset) { FirstWrittenMs = FirstWrittenMs };
        replacement.Scan(ScanStart.Beginning, _ => { });
        replacement.NextOffset = NextOffset;
        replacement.Seal();
        return replacement;
    }
}
