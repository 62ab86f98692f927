namespace Crypto.EmbeddedKafka.Log;

/// <summary>Small files that are replaced as a whole: after a crash there is the old one or the new one.</summary>
internal static class AtomicFile
{
    /// <exception cref="IOException">The old one is there; the disk may be full.</exception>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = path + ".new";
        try
        {
            using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            File.Delete(temporary); // a full disk needs the room
            throw;
        }
        File.Move(temporary, path, overwrite: true);
    }
}
