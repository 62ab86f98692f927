using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary>Forms of an answer besides JSON.</summary>
internal enum ExportFormat
{
    /// <summary>RFC 4180: a header, then a line for each row.</summary>
    Csv,

    /// <summary>A JSON object on each line.</summary>
    NdJson,
}

internal static class ExportFormats
{
    /// <summary>What the client likes best of the forms that there are; null for JSON, which is also for whom nothing suits.</summary>
    public static ExportFormat? Wanted(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        // Nearly all requests.
        if (accept.Length == 0 || accept is "*/*" or "application/json") return null;
        foreach (var range in request.GetTypedHeaders().Accept.Where(r => r.Quality is not 0).OrderByDescending(r => r.Quality ?? 1))
        {
            switch (range.MediaType.Value?.ToLowerInvariant())
            {
                case "text/csv": return ExportFormat.Csv;
                case "application/x-ndjson" or "application/ndjson" or "application/jsonl": return ExportFormat.NdJson;
                case "application/json" or "application/*" or "*/*": return null;
            }
        }
        return null;
    }

    public static string ContentType(this ExportFormat format) => format switch
    {
        ExportFormat.Csv => "text/csv; charset=utf-8; header=present",
        _ => "application/x-ndjson; charset=utf-8",
    };
}
