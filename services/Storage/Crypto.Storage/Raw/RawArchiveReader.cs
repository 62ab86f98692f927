using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace Crypto.Storage.Raw;

/// <summary>Reads the raw archive back, closed files and the ones being written alike.</summary>
public static class RawArchiveReader
{
    /// <summary>The lines of a topic by day, within a day by partition and offset; see <see cref="RawLine"/>.</summary>
    /// <param name="folder">The folder that was given to the archive.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="from">First day, inclusive; null for all.</param>
    /// <param name="to">Last day, inclusive; null for all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async IAsyncEnumerable<string> ReadAsync(
        string folder, string topic, DateOnly? from, DateOnly? to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var files = RawFile.Of(RawArchiveHandler.FolderOf(folder, topic));
        foreach (var file in files)
        {
            if (file.Day < from || file.Day > to) continue;
            // Between compressing and deleting both are there for a moment.
            if (!file.IsClosed && files.Any(other => other.IsClosed && other.Log == file.Log && other.Generation == file.Generation
                && other.Partition == file.Partition && other.First == file.First)) continue;
            await using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file.IsClosed ? new GZipStream(stream, CompressionMode.Decompress) : stream);
            while (await reader.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
            {
                // The last line of a file that is being written, or whose writer was killed, may be there in part.
                if (!file.IsClosed && RawLine.OffsetOf(Encoding.UTF8.GetBytes(line)) is null) break;
                yield return line;
            }
        }
    }
}
