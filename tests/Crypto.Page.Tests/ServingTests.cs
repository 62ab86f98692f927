using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Crypto.Page.Tests.Support;
using Crypto.Query.Page;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>How the page's files are served.</summary>
public sealed partial class ServingTests : IAsyncLifetime
{
    private PageServer _server = null!;

    public async Task InitializeAsync() => _server = await PageServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_policy_allows_nothing_inline_and_no_other_host()
    {
        using var response = await _server.Http.GetAsync("/");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("data:", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
    }

    [PageFact]
    public async Task Everything_the_page_asks_for_is_on_this_host()
    {
        var html = await _server.Http.GetStringAsync("/");
        var loaded = Loaded().Matches(html).Select(m => m.Groups["url"].Value).ToList();
        Assert.NotEmpty(loaded);
        foreach (var url in loaded)
        {
            Assert.StartsWith("/", url, StringComparison.Ordinal);
            using var response = await _server.Http.GetAsync(url);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [PageFact]
    public async Task Files_named_by_their_content_may_be_kept_for_good_and_the_page_is_asked_for_again()
    {
        var script = ScriptOf(await _server.Http.GetStringAsync("/"));
        using var asset = await _server.Http.GetAsync(script);
        Assert.Contains("immutable", asset.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
        using var page = await _server.Http.GetAsync("/");
        Assert.True(page.Headers.CacheControl!.NoCache);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { page.Headers.ETag! } } };
        using var unchanged = await _server.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [PageTheory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Files_go_out_compressed_as_the_build_made_them(string encoding)
    {
        var script = ScriptOf(await _server.Http.GetStringAsync("/"));
        var plain = await _server.Http.GetByteArrayAsync(script);
        using var request = new HttpRequestMessage(HttpMethod.Get, script) { Headers = { AcceptEncoding = { new StringWithQualityHeaderValue(encoding) } } };
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(encoding, response.Content.Headers.ContentEncoding.Single());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(body.Length < plain.Length / 2, $"{body.Length} of {plain.Length} bytes");
        using Stream unpacked = encoding == "br"
            ? new BrotliStream(new MemoryStream(body), CompressionMode.Decompress)
            : new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        await unpacked.CopyToAsync(bytes);
        Assert.Equal(plain, bytes.ToArray());
    }

    [PageFact]
    public async Task An_encoding_with_quality_zero_is_not_used()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br;q=0, gzip;q=0");
        using var response = await _server.Http.SendAsync(request);
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.StartsWith("<!doctype html>", await response.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task HEAD_answers_as_GET_without_a_body()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        using var response = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 500);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("/assets/")]
    [InlineData("/assets/../Crypto.sln")]
    [InlineData("/unbuilt.html")]
    [InlineData("/index.html.br")]
    public async Task Nothing_else_is_served(string path)
    {
        using var response = await _server.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [PageFact]
    public async Task The_licences_of_what_the_page_contains_are_there()
    {
        var text = await _server.Http.GetStringAsync("/licenses.txt");
        Assert.Contains("TradingView Lightweight Charts", text, StringComparison.Ordinal);
        Assert.Contains("https://www.tradingview.com/", text, StringComparison.Ordinal);
        Assert.Contains("Apache License", text, StringComparison.Ordinal);
        Assert.Contains("SIL Open Font License", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_program_built_without_npm_serves_a_page_that_says_so()
    {
        var file = Assert.Single(PageFiles.Load(built: false));
        Assert.Equal(PageFiles.Index, file.Path);
        Assert.Contains("The chart page is not built", System.Text.Encoding.UTF8.GetString(file.Identity), StringComparison.Ordinal);
    }

    private static string ScriptOf(string html) => ModuleScript().Match(html).Groups["url"].Value;

    [GeneratedRegex("""<(?:script|link|img)[^>]+(?:src|href)="(?<url>[^"]+)"(?!.*rel="noopener)""")]
    private static partial Regex Loaded();

    [GeneratedRegex("""<script type="module"[^>]+src="(?<url>[^"]+)""")]
    private static partial Regex ModuleScript();
}
