using System.Text.RegularExpressions;

namespace Crypto.EndToEnd.Tests;

/// <summary>The metrics of a <c>/metrics</c> page, to check expressions of PromQL against.</summary>
internal sealed partial class ExposedMetrics
{
    // Those that Prometheus adds, and the bucket's bound.
    private static readonly string[] AlwaysThere = ["le", "job", "instance", "service_name"];
    private static readonly string[] Keywords = ["by", "without", "on", "ignoring", "or", "and", "unless", "offset", "bool"];

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _labels = new(StringComparer.Ordinal);

    public static ExposedMetrics Parse(string page)
    {
        var metrics = new ExposedMetrics();
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) metrics.AddFamily(line.Split(' ')[2], line.Split(' ')[3]);
            else if (line.Length > 0 && line[0] != '#') metrics.AddSample(line);
        }
        return metrics;
    }

    /// <summary>Names of metrics, and of labels of metrics that have samples, that the expression has and the page has not.</summary>
    public IEnumerable<string> Unknown(string expression)
    {
        var plain = Text().Replace(expression, "\"\"");
        var labels = Grouping().Matches(plain).SelectMany(m => m.Groups["label"].Captures)
            .Concat(Selector().Matches(plain).SelectMany(m => m.Groups["label"].Captures)).Select(c => c.Value).ToHashSet();
        var bare = Duration().Replace(Selector().Replace(Grouping().Replace(plain, " "), " "), " ");
        var names = Identifier().Matches(bare).Select(m => m.Value).Except(Keywords).ToList();
        foreach (var name in names.Where(name => !_names.Contains(name))) yield return name;
        var known = names.Where(_labels.ContainsKey).ToList();
        if (known.Count == 0) yield break;
        foreach (var label in labels.Except(AlwaysThere).Where(label => !known.Exists(name => _labels[name].Contains(label)))) yield return label;
    }

    private void AddFamily(string name, string type)
    {
        _names.Add(name);
        if (type != "histogram") return;
        foreach (var suffix in new[] { "_bucket", "_sum", "_count" }) _names.Add(name + suffix);
    }

    private void AddSample(string line)
    {
        var name = line[..line.AsSpan().IndexOfAny('{', ' ')];
        if (!_labels.TryGetValue(name, out var labels)) _labels[name] = labels = new HashSet<string>(StringComparer.Ordinal);
        labels.UnionWith(Label().Matches(Text().Replace(line, "\"\"")).Select(m => m.Groups["label"].Value));
    }

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"
        """)]
    private static partial Regex Text();

    [GeneratedRegex(@"\b(?:by|without)\s*\(\s*(?:(?<label>\w+)\s*,?\s*)*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""\{\s*(?:(?<label>\w+)\s*(?:=~|!~|!=|=)\s*""\s*,?\s*)*\}""")]
    private static partial Regex Selector();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Duration();

    // A name that is not called as a function.
    [GeneratedRegex(@"\b[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")]
    private static partial Regex Identifier();

    [GeneratedRegex("""(?<label>\w+)=""")]
    private static partial Regex Label();
}
