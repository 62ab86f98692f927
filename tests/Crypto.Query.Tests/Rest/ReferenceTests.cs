using System.Net;
using System.Reflection;
using System.Text.Json;
using Crypto.Query.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crypto.Query.Tests.Rest;

/// <summary>The OpenAPI document against the endpoints that there are and what they answer.</summary>
public sealed class ReferenceTests(FullMarket market) : IClassFixture<FullMarket>
{
    [Fact]
    public async Task Every_path_with_its_parameters_is_in_the_document_and_nothing_else()
    {
        var document = await DocumentAsync();
        var served = market.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Where(e => e.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .Select(e => $"{e.RoutePattern.RawText}: {string.Join(' ', ParametersOf(e).Order(StringComparer.Ordinal))}");
        var described = document.GetProperty("paths").EnumerateObject().Select(path =>
            $"{path.Name}: {string.Join(' ', ParametersOf(document, path.Value.GetProperty("get")).Order(StringComparer.Ordinal))}");
        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/prices/latest", "/prices/latest")]
    [InlineData("/prices/{symbol}", "/prices/BTCUSDT")]
    [InlineData("/ohlc/{symbol}", "/ohlc/BTCUSDT")]
    [InlineData("/ohlc/{symbol}/revisions", "/ohlc/BTCUSDT/revisions")]
    [InlineData("/coverage/{symbol}", "/coverage/BTCUSDT")]
    [InlineData("/symbols", "/symbols")]
    [InlineData("/analytics/{symbol}", "/analytics/BTCUSDT")]
    [InlineData("/reconciliation/{symbol}", "/reconciliation/BTCUSDT")]
    [InlineData("/alerts", "/alerts")]
    [InlineData("/news", "/news")]
    [InlineData("/sentiment", "/sentiment")]
    [InlineData("/overview", "/overview")]
    [InlineData("/alive", "/alive")]
    [InlineData("/health", "/health")]
    [InlineData("/ohlc/{symbol}", "/ohlc/BTCUSDT?limit=0")]
    [InlineData("/ohlc/{symbol}", "/ohlc/DOGEUSDT")]
    [InlineData("/stream/trades", "/stream/trades?symbol=DOGEUSDT")]
    public async Task Answers_are_as_the_document_says(string path, string request)
    {
        var document = await DocumentAsync();
        using var response = await market.Http.GetAsync(request);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var described = SchemaCheck.Resolve(document, document.GetProperty("paths").GetProperty(path).GetProperty("get")
            .GetProperty("responses").GetProperty(((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        var schema = described.GetProperty("content").GetProperty(response.Content.Headers.ContentType!.MediaType!).GetProperty("schema");
        Assert.Empty(SchemaCheck.Errors(document, schema, answer.RootElement));
        // An empty answer would be as any schema says.
        Assert.All(answer.RootElement.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Array),
            member => Assert.NotEqual(0, member.Value.GetArrayLength()));
    }

    [Fact]
    public async Task The_check_finds_what_is_wrong()
    {
        var document = await DocumentAsync();
        using var wrong = JsonDocument.Parse("""{"first": "1", "colour": 2}""");
        var schema = document.GetProperty("components").GetProperty("schemas").GetProperty("IdRange");
        Assert.Equal(
            ["$ has no last", "$.first is string, not integer", "$ has colour, which the document does not know"],
            SchemaCheck.Errors(document, schema, wrong.RootElement));
    }

    [Fact]
    public async Task The_columns_of_an_export_are_the_members_of_the_documents_rows()
    {
        var document = await DocumentAsync();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var content = path.Value.GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content");
            if (!content.TryGetProperty("text/csv", out _)) continue;
            using var request = new HttpRequestMessage(HttpMethod.Get, path.Name.Replace("{symbol}", "BTCUSDT", StringComparison.Ordinal));
            request.Headers.Add("Accept", "text/csv");
            using var response = await market.Http.SendAsync(request);
            var header = (await response.Content.ReadAsStringAsync()).Split("\r\n")[0];
            Assert.Equal(string.Join(',', ColumnsOf(document, content.GetProperty("application/json").GetProperty("schema"))), header);
        }
    }

    [Fact]
    public async Task The_document_is_asked_for_once()
    {
        using var first = await market.Http.GetAsync("/openapi/v1.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await market.Http.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
    }

    private Task<JsonElement> DocumentAsync() => market.Http.OkAsync("/openapi/v1.json");

    // Handlers take every parameter as the text that the client wrote.
    private static IEnumerable<string> ParametersOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<MethodInfo>()!.GetParameters().Where(p => p.ParameterType == typeof(string)).Select(p => p.Name!);

    private static IEnumerable<string> ParametersOf(JsonElement document, JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Select(p => SchemaCheck.Resolve(document, p)).Where(p => p.Text("in") != "header").Select(p => p.Text("name"))
            : [];

    private static IEnumerable<string> ColumnsOf(JsonElement document, JsonElement schema)
    {
        var members = SchemaCheck.Resolve(document, schema).GetProperty("properties").EnumerateObject().ToList();
        var parts = members.Where(m => m.Value.TryGetProperty("items", out _)).ToList();
        string[] shared = [.. members.Select(m => m.Name).Where(name => name is "symbol" or "interval")];
        var columns = parts.SelectMany(part => SchemaCheck.Resolve(document, part.Value.GetProperty("items")).GetProperty("properties").EnumerateObject())
            .Select(column => column.Name).Distinct();
        return [.. shared, .. parts.Count > 1 ? ["part"] : Array.Empty<string>(), .. columns.Except(shared)];
    }
}
