using System.Net;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Access;

/// <summary>Which names a request may be addressed to.</summary>
internal static class HostNames
{
    /// <summary>
    /// Addresses, <c>localhost</c>, names without a dot (containers, machines of one network) and the configured ones: no
    /// stranger can make any of these point here.
    /// </summary>
    public static bool IsAllowed(HostString host, List<string> configured)
    {
        if (!host.HasValue) return false;
        var name = host.Host;
        if (configured.Contains("*") || configured.Contains(name, StringComparer.OrdinalIgnoreCase)) return true;
        if (IPAddress.TryParse(name, out _)) return true;
        var last = name[(name.LastIndexOf('.') + 1)..];
        return (last.Length == name.Length || last.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }
}
