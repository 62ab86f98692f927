using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Crypto.Query.Rest;

/// <summary>
/// A JSON body that is written by hand into one buffer, with an entity tag made from it: a client that has this body
/// already (<c>If-None-Match</c>) gets 304.
/// </summary>
internal sealed class JsonAnswer(ReadOnlyMemory<byte> body) : IResult
{
    public JsonAnswer(Action<Utf8JsonWriter> write)
        : this(Format(write))
    {
    }

    /// <summary>The page that follows, for the Link header; null on the last one.</summary>
    public string? Next { get; init; }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 10))}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = response.Headers.CacheControl.Count > 0 ? response.Headers.CacheControl : "no-cache";
        response.Headers.Vary = HeaderNames.Accept;
        if (Next is not null) response.Headers.Link = $"<{Next}>; rel=\"next\"";
        if (response.StatusCode == StatusCodes.Status200OK && Knows(httpContext.Request.Headers.IfNoneMatch.ToString(), tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method)) await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
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
