using System.Net;
using System.Text.Json;
using Xunit;

namespace Crypto.Query.Tests.Support;

/// <summary>Short forms for tests that read JSON over HTTP.</summary>
internal static class JsonOver
{
    /// <summary>The body of a 200 answer.</summary>
    public static async Task<JsonElement> OkAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {body}");
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    /// <summary>Problem details with this status; answers with the parameter that they name.</summary>
    public static async Task<string?> ProblemAsync(this HttpClient http, string path, HttpStatusCode status)
    {
        using var response = await http.GetAsync(path);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.Text("detail"));
        return problem.RootElement.TryGetProperty("parameter", out var parameter) ? parameter.GetString() : null;
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
