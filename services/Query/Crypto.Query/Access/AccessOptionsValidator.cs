using Microsoft.Extensions.Options;

namespace Crypto.Query.Access;

/// <summary>Says which setting is wrong, what it is, and what would be right.</summary>
internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < options.Keys.Count; i++) Check($"{AccessOptions.Section}:Keys:{i}", options.Keys[i], failures);
        failures.AddRange(options.Keys.GroupBy(k => k.Sha256, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
            .Select(g => $"{AccessOptions.Section}:Keys holds one key under {g.Count()} names: give each its own"));
        failures.AddRange(options.Keys.Select((key, i) => (key.Name, Place: i)).Where(k => k.Name.Length > 0)
            .GroupBy(k => k.Name, StringComparer.Ordinal).SelectMany(g => g.Skip(1).Select(again =>
                $"{AccessOptions.Section}:Keys:{again.Place}:Name is '{again.Name}', as that of Keys:{g.First().Place}, and they would " +
                "share one limit of requests: give each key a name of its own")));
        if (options.KeysOnLoopback && !options.Keys.Exists(k => k.Scopes.Contains(AccessScopes.Read)))
            failures.Add($"{AccessOptions.Section}:KeysOnLoopback is true, but no key may read: " +
                $"add one with the scope {AccessScopes.Read} to {AccessOptions.Section}:Keys, or set it to false");
        failures.AddRange(options.Origins.Where(o => o != "*" && !IsOrigin(o))
            .Select(o => $"{AccessOptions.Section}:Origins holds '{o}': give scheme and host without a path, e.g. https://example.org, or *"));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(string setting, ApiKey key, List<string> failures)
    {
        if (key.Name.Length == 0) failures.Add($"{setting}:Name is empty: say whose key it is");
        if (key.Sha256.Length != 64 || !key.Sha256.All(char.IsAsciiHexDigit))
            failures.Add($"{setting}:Sha256 is no SHA-256 in 64 hexadecimal digits: give the output of: printf %s KEY | sha256sum");
        if (key.Scopes.Count == 0) failures.Add($"{setting}:Scopes is empty: give {AccessScopes.Read}, {AccessScopes.Admin} or both");
        failures.AddRange(key.Scopes.Where(s => s is not (AccessScopes.Read or AccessScopes.Admin))
            .Select(s => $"{setting}:Scopes holds '{s}': give {AccessScopes.Read}, {AccessScopes.Admin} or both"));
        if (key.RequestsPerSecond < 0) failures.Add($"{setting}:RequestsPerSecond is {key.RequestsPerSecond}: give 0 for no limit, or more");
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && text == uri.GetLeftPart(UriPartial.Authority);
}

internal static class AccessScopes
{
    public const string Read = "read";
    public const string Admin = "admin";
}
