using System.Reflection;

namespace Crypto.Query.Page;

/// <summary>The page's files as the build embedded them; the page that says so when it did not build them.</summary>
internal static class PageFiles
{
    private const string Prefix = "page/";
    private const string Unbuilt = "unbuilt.html";
    public const string Index = "index.html";

    /// <summary>Whether this program carries the chart page.</summary>
    public static bool IsBuilt { get; } = Names().Contains(Prefix + Index);

    /// <summary>Every file that is served; there always is an <see cref="Index"/>.</summary>
    public static IReadOnlyList<PageAsset> Load() => Load(IsBuilt);

    internal static IReadOnlyList<PageAsset> Load(bool built)
    {
        if (!built) return [new PageAsset(Index, Read(Prefix + Unbuilt)!, null, null)];
        return Names()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != Prefix + Unbuilt)
            .Where(name => !name.EndsWith(".gz", StringComparison.Ordinal) && !name.EndsWith(".br", StringComparison.Ordinal))
            .Select(name => new PageAsset(name[Prefix.Length..], Read(name)!, Read(name + ".gz"), Read(name + ".br")))
            .ToList();
    }

    private static string[] Names() => Assembly.GetExecutingAssembly().GetManifestResourceNames();

    private static byte[]? Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null) return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
