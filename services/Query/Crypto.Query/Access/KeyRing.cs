using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Access;

/// <summary>Finds the key that a request carries, in <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
internal sealed class KeyRing(IOptions<AccessOptions> options)
{
    // A look-up by hash tells nothing by its timing: who could choose hashes could choose keys.
    private readonly FrozenDictionary<string, ApiKey> _keys =
        options.Value.Keys.ToFrozenDictionary(k => k.Sha256.ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The key, or null where there is none or an unknown one; <paramref name="given"/> says which.</summary>
    public ApiKey? Find(IHeaderDictionary headers, out bool given)
    {
        const string Bearer = "Bearer ";
        var authorization = headers.Authorization.ToString();
        var key = authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : headers["X-Api-Key"].ToString();
        given = key.Length > 0;
        if (!given || _keys.Count == 0) return null;
        return _keys.GetValueOrDefault(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }
}
