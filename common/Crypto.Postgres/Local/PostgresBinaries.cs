using System.Globalization;

namespace Crypto.Postgres.Local;

/// <summary>Finds PostgreSQL's server programs, which distributions keep off the PATH.</summary>
public static class PostgresBinaries
{
    /// <summary>The folder of initdb, pg_ctl and postgres: the newest installed version.</summary>
    /// <exception cref="LocalPostgresException">None is installed.</exception>
    public static string Locate() =>
        Candidates().FirstOrDefault(folder => File.Exists(Program(folder, "initdb")) && File.Exists(Program(folder, "postgres")))
        ?? throw new LocalPostgresException(
            "PostgreSQL's server programs (initdb, postgres) were not found: install them " +
            "(Debian: apt-get install postgresql; macOS: brew install postgresql@17; Windows: winget install PostgreSQL.PostgreSQL.17) " +
            "or name a running server with --postgres CONNECTION_STRING");

    public static string Program(string folder, string name) =>
        Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static IEnumerable<string> Candidates()
    {
        string[] roots = OperatingSystem.IsWindows()
            ? [Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL")]
            : ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/Library/PostgreSQL"];
        var versioned = roots.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root))
            .Where(folder => VersionOf(folder) > 0)
            .OrderByDescending(VersionOf);
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return [.. versioned.Select(folder => Path.Combine(folder, "bin")), .. path.Where(folder => folder.Length > 0)];
    }

    // .../15, .../postgresql@17
    private static int VersionOf(string folder)
    {
        var name = Path.GetFileName(folder);
        var digits = name.StartsWith("postgresql@", StringComparison.Ordinal) ? name["postgresql@".Length..] : name;
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
    }
}
