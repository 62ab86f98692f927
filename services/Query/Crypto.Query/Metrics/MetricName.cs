using System.Text;

namespace Crypto.Query.Metrics;

/// <summary>OpenTelemetry's names as Prometheus wants them: <c>http.server.request.duration</c> in s becomes
/// <c>http_server_request_duration_seconds</c>.</summary>
internal static class MetricName
{
    public static string Of(string name, string? unit, MetricKind kind)
    {
        var full = Clean(name);
        var suffix = Suffix(unit);
        if (suffix.Length > 0 && !full.EndsWith(suffix, StringComparison.Ordinal)) full += "_" + suffix;
        const string Total = "_total";
        if (kind == MetricKind.Counter && !full.EndsWith(Total, StringComparison.Ordinal)) full += Total;
        return full;
    }

    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (var c in name) clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        if (clean.Length > 0 && char.IsAsciiDigit(clean[0])) clean.Insert(0, '_');
        return clean.ToString();
    }

    // Units in braces are annotations ({trade}), not part of a name.
    private static string Suffix(string? unit) => unit switch
    {
        null or "" or "1" => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "By" => "bytes",
        "%" => "percent",
        ['{', ..] => "",
        _ => Clean(unit),
    };
}
