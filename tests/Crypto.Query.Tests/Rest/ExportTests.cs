using System.Net;
using System.Text;
using Crypto.Query.Rest;
using Crypto.Query.Tests.Support;
using Xunit;

namespace Crypto.Query.Tests.Rest;

/// <summary>Answers as CSV and as lines of JSON.</summary>
public sealed class ExportTests(FullMarket market) : IClassFixture<FullMarket>
{
    [Theory]
    [InlineData("text/csv", "text/csv")]
    [InlineData("TEXT/CSV;charset=utf-8", "text/csv")]
    [InlineData("application/x-ndjson", "application/x-ndjson")]
    [InlineData("application/jsonl", "application/x-ndjson")]
    [InlineData("application/json, text/csv", "application/json")]
    [InlineData("application/json;q=0.5, text/csv", "text/csv")]
    [InlineData("text/csv;q=0, */*", "application/json")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", "application/json")]
    [InlineData("image/png", "application/json")]
    [InlineData(";;;", "application/json")]
    public async Task The_client_gets_what_it_likes_best(string accept, string expected)
    {
        using var response = await GetAsync("/ohlc/BTCUSDT?limit=2", accept);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
    }

    [Fact]
    public async Task A_table_has_the_values_of_the_JSON_answer()
    {
        var candles = (await market.Http.OkAsync("/ohlc/BTCUSDT")).GetProperty("candles").EnumerateArray().ToList();
        using var response = await GetAsync("/ohlc/BTCUSDT", "text/csv");
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal("", lines[^1]);
        var header = lines[0].Split(',');
        var rows = lines[1..^1].Select(line => header.Zip(line.Split(',')).ToDictionary(c => c.First, c => c.Second)).ToList();
        Assert.Equal(candles.Count, rows.Count);
        foreach (var (candle, row) in candles.Zip(rows))
        {
            Assert.Equal(("BTCUSDT", "1m"), (row["symbol"], row["interval"]));
            foreach (var member in candle.EnumerateObject()) Assert.Equal(member.Value.ToString(), row[member.Name], ignoreCase: true);
        }
    }

    [Fact]
    public async Task Lines_of_JSON_are_the_rows_of_the_JSON_answer()
    {
        var trades = (await market.Http.OkAsync("/prices/BTCUSDT?limit=50")).GetProperty("trades").EnumerateArray().Select(t => t.GetRawText());
        using var response = await GetAsync("/prices/BTCUSDT?limit=50", "application/x-ndjson");
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(trades, lines[..^1].Select(line => line.Replace("\"symbol\":\"BTCUSDT\",", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Several_arrays_are_told_apart_by_a_column()
    {
        using var response = await GetAsync("/coverage/BTCUSDT", "text/csv");
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");
        Assert.Equal("symbol,part,first,last,reason,state,detectedAt,repairedAt", lines[0]);
        Assert.Matches(@"^BTCUSDT,ranges,\d+,\d+,,,,$", lines[1]);
        Assert.Equal("BTCUSDT,gaps,1,2,\"reconnect, \"\"late\"\"\",repaired,2024-08-09T00:00:02.500000Z,2024-08-09T00:00:03.000000Z", lines[2]);
        Assert.Equal("BTCUSDT,gaps,5,5,skipped,open,2024-08-09T00:00:05.000000Z,", lines[3]);
    }

    [Fact]
    public async Task Each_form_has_an_entity_tag_of_its_own()
    {
        using var json = await GetAsync("/news", "application/json");
        using var csv = await GetAsync("/news", "text/csv");
        Assert.NotEqual(json.Headers.ETag, csv.Headers.ETag);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/news") { Headers = { { "Accept", "text/csv" } } };
        again.Headers.IfNoneMatch.Add(csv.Headers.ETag!);
        using var unchanged = await market.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Pages_of_an_export_are_linked()
    {
        var lines = new List<string>();
        for (string? path = "/prices/BTCUSDT?limit=700&hours=24"; path is not null;)
        {
            using var response = await GetAsync(path, "text/csv");
            lines.AddRange((await response.Content.ReadAsStringAsync()).Split("\r\n")[1..^1]);
            path = response.Headers.TryGetValues("Link", out var link) ? link.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(2000, lines.Distinct().Count());
        Assert.Equal(2000, lines.Count);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_in_any_form()
    {
        using var response = await GetAsync("/ohlc/BTCUSDT?limit=0", "text/csv");
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public void An_empty_answer_has_its_columns_and_a_field_is_quoted_where_it_must_be()
    {
        var export = new Export([], ["rows"], ["a", "b"]);
        Assert.Equal("a,b\r\n", Csv(export, """{"rows":[]}"""));
        Assert.Equal("a,b\r\n\"x,y\",\"q\"\"q\"\r\n\"1\n2\",\r\n,\"[1,2]\"\r\n",
            Csv(export, """{"rows":[{"a":"x,y","b":"q\"q"},{"a":"1\n2","b":null},{"b":[1,2]}]}"""));
    }

    private static string Csv(Export export, string json) =>
        Encoding.UTF8.GetString(ExportWriter.Write(export, ExportFormat.Csv, Encoding.UTF8.GetBytes(json)).Span);

    private async Task<HttpResponseMessage> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await market.Http.SendAsync(request);
    }
}
