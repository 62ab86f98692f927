namespace Crypto.EmbeddedKafka.Log;

/// <summary>Files that are replaced as a whole: after a crash there is the old one or the new one.</summary>
internal static class AtomicFile
{
    /// <exception cref="IOException">The old one is there; the disk may be full.</exception>
    internal static void Write(string path, byte[] content) =>
        File.Move(WriteBeside(path, file => file.Write(content)), path, overwrite: true);

    /// <summary>Writes what is to take a file's place, down to the disk.</summary>
    /// <returns>The path to move from.</returns>
    /// <exception cref="IOException">Nothing is left of it; the disk may be full.</exception>
    internal static string WriteBeside(string path, Action<FileStream> write)
    {
        string temporary = path + ".new";
        try
        {
            using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
            write(file);
            file.Flush(flushToDisk: true);
            return temporary;
        }
        catch (IOException)
        {
            File.Delete(temporary); // a full disk needs the room
            throw;
        }
    }
}
