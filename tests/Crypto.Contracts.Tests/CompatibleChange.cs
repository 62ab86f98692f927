using System.Text.Json;

namespace Crypto.Contracts.Tests;

/// <summary>The rule of <c>contracts/README.md</c> for changes within a version.</summary>
internal static class CompatibleChange
{
    /// <summary>Everything in <paramref name="now"/> that a reader of <paramref name="released"/> does not expect.</summary>
    public static IReadOnlyList<string> Faults(JsonSchema released, JsonSchema now)
    {
        var faults = new List<string>();
        var (before, after) = (Properties(released), Properties(now));
        foreach (var (name, rule) in before)
        {
            if (!after.TryGetValue(name, out var changed)) faults.Add($"{name} has disappeared");
            else if (!JsonElement.DeepEquals(rule, changed)) faults.Add($"the rule of {name} has changed");
        }
        var (requiredBefore, requiredAfter) = (Required(released), Required(now));
        faults.AddRange(requiredAfter.Except(requiredBefore).Select(name => $"{name} has become required"));
        faults.AddRange(requiredBefore.Except(requiredAfter).Select(name => $"{name} is no longer required"));
        foreach (var keyword in (string[])["additionalProperties", "unevaluatedProperties", "propertyNames", "maxProperties"])
            if (now.Root.TryGetProperty(keyword, out _)) faults.Add($"{keyword} forbids what the contract may grow by");
        return faults;
    }

    private static Dictionary<string, JsonElement> Properties(JsonSchema schema) =>
        schema.Root.GetProperty("properties").EnumerateObject().ToDictionary(p => p.Name, p => p.Value);

    private static HashSet<string> Required(JsonSchema schema) =>
        [.. schema.Root.GetProperty("required").EnumerateArray().Select(name => name.GetString()!)];
}
