namespace Crypto.Standalone.Commands;

/// <summary>
/// A folder in memory for what tests throw away. They make and drop databases by the hundred, and a disk's file system spends
/// more time on the thousands of files than the tests take (ext4 passes over the numbers of files deleted a moment ago).
/// </summary>
internal sealed class MemoryFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Wanted = 8L << 30;

    private MemoryFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes one; null where there is no such memory, or too little of it (a container's usual 64 MB).</summary>
    public static MemoryFolder? TryMake()
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < Wanted) return null;
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < 2 * Wanted) return null;
        var path = System.IO.Path.Combine(Memory, $"crypto-tests-{Environment.ProcessId}");
        Directory.CreateDirectory(path);
        return new MemoryFolder(path);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException e)
        {
            // A process that a failed test left behind may still write there.
            Console.Error.WriteLine($"crypto: {Path} is left behind: {e.Message}");
        }
    }
}
