using System.ComponentModel.DataAnnotations;

namespace Crypto.Query.Access;

/// <summary>Who may do what. Section <c>Query:Access</c>.</summary>
public sealed class AccessOptions
{
    public const string Section = "Query:Access";

    /// <summary>
    /// Host names that requests may be addressed to, besides addresses, <c>localhost</c> and names without a dot; <c>*</c> for
    /// any. It keeps other people's pages from reaching this server through a name of theirs (DNS rebinding).
    /// </summary>
    public List<string> Hosts { get; } = [];

    /// <summary>The keys that are accepted. Without any, only this machine may read.</summary>
    public List<ApiKey> Keys { get; } = [];

    /// <summary>
    /// Asks for a key on loopback too. Set it behind a proxy on this machine that adds neither <c>X-Forwarded-For</c> nor
    /// <c>Forwarded</c>, or where other users of this machine shall not read.
    /// </summary>
    public bool KeysOnLoopback { get; set; }

    /// <summary>Origins of other people's pages that may read; <c>*</c> for all.</summary>
    public List<string> Origins { get; } = [];

    /// <summary>Requests a second for each client address without a key; 0 for no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }
}

/// <summary>A key, as its hash: who reads the configuration cannot use it.</summary>
public sealed class ApiKey
{
    /// <summary>Whose it is; shown in logs.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key, 64 hexadecimal digits. Keys are random and long, so that no slow hash is needed.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary><c>read</c>, <c>admin</c> (whatever changes state), or both.</summary>
    public List<string> Scopes { get; } = [];

    /// <summary>Requests a second; 0 for no limit.</summary>
    public int RequestsPerSecond { get; set; }
}
