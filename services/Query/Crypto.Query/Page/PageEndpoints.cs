using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Crypto.Query.Page;

/// <summary>Serves the chart page from memory.</summary>
public static class PageEndpoints
{
    /// <summary>
    /// Only this host's own files and answers: nothing inline, no frames, no other host, and no string becomes code.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; " +
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>Maps <c>/</c> and the page's files, each as an endpoint of its own: no path of the API is shadowed.</summary>
    public static IEndpointRouteBuilder MapPage(this IEndpointRouteBuilder endpoints)
    {
        foreach (var asset in PageFiles.Load())
        {
            var route = asset.Path switch
            {
                PageFiles.Index => "/",
                "reference.html" => "/reference",
                _ => "/" + asset.Path,
            };
            endpoints.MapMethods(route, [HttpMethods.Get, HttpMethods.Head], context => SendAsync(context, asset))
                .ExcludeFromDescription();
        }
        return endpoints;
    }

    private static async Task SendAsync(HttpContext context, PageAsset asset)
    {
        var (body, encoding) = Choose(context.Request, asset);
        var tag = new EntityTagHeaderValue($"\"{asset.Tag}{(encoding is null ? "" : "-" + encoding)}\"");
        var headers = context.Response.Headers;
        headers.ETag = tag.ToString();
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.CacheControl = asset.IsImmutable ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = body.Length;
        if (encoding is not null) headers.ContentEncoding = encoding;
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static (byte[] Body, string? Encoding) Choose(HttpRequest request, PageAsset asset)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        if (asset.Brotli is { } brotli && Accepts("br")) return (brotli, "br");
        if (asset.Gzip is { } gzip && Accepts("gzip")) return (gzip, "gzip");
        return (asset.Identity, null);

        bool Accepts(string encoding) => accepted.Any(e => e.Value == encoding && e.Quality is not 0);
    }
}
