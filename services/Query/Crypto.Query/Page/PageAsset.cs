using System.Security.Cryptography;

namespace Crypto.Query.Page;

/// <summary>One file of the page: its bytes as they are, and compressed where the build made that.</summary>
/// <param name="Path">Below the page's root, such as <c>assets/index-1a2b3c.js</c>.</param>
/// <param name="Identity">The bytes as they are.</param>
/// <param name="Gzip">gzip of the same, or null.</param>
/// <param name="Brotli">Brotli of the same, or null.</param>
internal sealed record PageAsset(string Path, byte[] Identity, byte[]? Gzip, byte[]? Brotli)
{
    /// <summary>Strong entity tag of the bytes as they are; the encodings have tags of their own derived from it.</summary>
    public string Tag { get; } = Convert.ToHexStringLower(SHA256.HashData(Identity).AsSpan(0, 10));

    /// <summary>The build names these by their content, so a browser may keep them for good.</summary>
    public bool IsImmutable => Path.StartsWith("assets/", StringComparison.Ordinal);

    public string ContentType => System.IO.Path.GetExtension(Path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        ".json" or ".webmanifest" => "application/json",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
}
