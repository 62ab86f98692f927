using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Hosting;

/// <summary>The folder of everything that a process keeps on disk, held by one owner at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly List<FileStream> _locks = [];

    private DataFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary><c>/var/lib/crypto</c> for root, else <c>data</c> in the repository, or where there is none in the working folder.</summary>
    public static string Default
    {
        get
        {
            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) return "/var/lib/crypto";
            return System.IO.Path.Combine(Repository.Root ?? Environment.CurrentDirectory, "data");
        }
    }

    public string Kafka => System.IO.Path.Combine(Path, "kafka");

    public string Postgres => System.IO.Path.Combine(Path, "postgres");

    /// <summary>Opens the folder, and locks the parts that this process runs, so that no other touches them.</summary>
    /// <exception cref="UsageException">Another process holds a part, or the folder cannot be written.</exception>
    public static DataFolder Open(string path, IEnumerable<string> parts)
    {
        var folder = new DataFolder(path);
        try
        {
            Directory.CreateDirectory(path);
            foreach (var part in parts) folder.Lock(part);
            return folder;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            folder.Dispose();
            throw new UsageException($"--data {path}: {e.Message}");
        }
        catch (UsageException)
        {
            folder.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var held in _locks) held.Dispose();
        _locks.Clear();
    }

    private void Lock(string part)
    {
        var file = System.IO.Path.Combine(Path, $"{part}.lock");
        try
        {
            _locks.Add(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new UsageException($"another process runs {part} in {Path}: stop it, or choose another folder with --data");
        }
    }
}
