using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crypto.Postgres;

/// <summary>One embedded script, <c>Migrations/V001__store.sql</c>.</summary>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the script with line ends of Unix, so that a checkout with CRLF is the same migration.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.Replace("\r\n", "\n", StringComparison.Ordinal))));

    /// <summary>All of them, by version.</summary>
    /// <exception cref="InvalidOperationException">Two scripts have the same version, or a name is no migration's.</exception>
    public static IReadOnlyList<Migration> All()
    {
        const string Folder = "Crypto.Postgres.Migrations.";
        var assembly = typeof(Migration).Assembly;
        var all = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return Parse(name[Folder.Length..], reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Version)
            .ToList();
        var twice = all.GroupBy(migration => migration.Version).FirstOrDefault(versions => versions.Count() > 1);
        return twice is null ? all : throw new InvalidOperationException($"two migrations have version {twice.Key}");
    }

    private static Migration Parse(string file, string sql)
    {
        var underscores = file.IndexOf("__", StringComparison.Ordinal);
        if (file[0] != 'V' || underscores < 0
            || !int.TryParse(file.AsSpan(1, underscores - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new InvalidOperationException($"{file} is not named like a migration, V001__name.sql");
        return new Migration(version, Path.GetFileNameWithoutExtension(file), sql);
    }
}
