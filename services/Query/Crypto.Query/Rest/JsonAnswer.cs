using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Crypto.Query.Rest;

/// <summary>
/// A JSON body that is written by hand into one buffer, or the table made of it, with an entity tag made from it: a client
/// that has this body already (<c>If-None-Match</c>) gets 304.
/// </summary>
internal sealed class JsonAnswer(ReadOnlyMemory<byte> body) : IResult
{
    public JsonAnswer(Action<Utf8JsonWriter> write)
        : this(Format(write))
    {
    }

    /// <summary>The page that follows, for the Link header; null on the last one.</summary>
    public string? Next { get; init; }

    /// <summary>The answer as a table, for clients that would rather have CSV or lines of JSON; null where it is none.</summary>
    public Export? Export { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var format = Export is null ? null : ExportFormats.Wanted(httpContext.Request);
        var content = format is null ? body : ExportWriter.Write(Export!, format.Value, body);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content.Span).AsSpan(0, 10))}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = response.Headers.CacheControl.Count > 0 ? response.Headers.CacheControl : "no-cache";
        response.Headers.Vary = HeaderNames.Accept;
        if (Next is not null) response.Headers.Link = $"<{Next}>; rel=\"next\"";
        if (response.StatusCode == StatusCodes.Status200OK && Knows(httpContext.Request.Headers.IfNoneMatch.ToString(), tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = format?.ContentType() ?? "application/json; charset=utf-8";
        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method)) await response.BodyWriter.WriteAsync(content, httpContext.RequestAborted);
    }

    private static bool Knows(string ifNoneMatch, string tag)
    {
        foreach (var part in ifNoneMatch.AsSpan().Split(','))
        {
            var known = ifNoneMatch.AsSpan(part).Trim();
            if (known.StartsWith("W/")) known = known[2..];
            if (known.SequenceEqual(tag) || known is "*") return true;
        }
        return false;
    }

    private static ReadOnlyMemory<byte> Format(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true })) write(json);
        return output.WrittenMemory;
    }
}
