namespace Crypto.Standalone.Hosting;

/// <summary>Where the sources are, for the commands that work on them (test, bench) and the default data folder.</summary>
internal static class Repository
{
    /// <summary>The folder of Crypto.sln above the program, or null where it was published elsewhere.</summary>
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    private static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Crypto.sln"))) return folder.FullName;
        }
        return null;
    }
}
