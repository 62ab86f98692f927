using System.Net;
using System.Text.Json;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Rest;

public sealed class HealthTests
{
    [Fact]
    public async Task A_role_that_works_is_healthy()
    {
        await using var database = await TestPostgres.CreateAsync();
        await using var server = await QueryServer.StartAsync(database, settings: ("Query:KafkaGraceSeconds", "3600"));
        var health = await server.HealthyAsync();
        Assert.Equal("healthy", health.Text("status"));
        Assert.Equal("healthy", health.GetProperty("roles").GetProperty("query").Text("status"));
        Assert.Equal(JsonValueKind.Null, health.GetProperty("market").ValueKind);
    }

    [Fact]
    public async Task Without_Kafka_the_role_is_unhealthy_and_says_why()
    {
        await using var database = await TestPostgres.CreateAsync();
        await using var server = await QueryServer.StartAsync(database, settings: ("Query:KafkaGraceSeconds", "0"));
        using var response = await server.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        using var health = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("unhealthy", health.RootElement.Text("status"));
        Assert.Contains("has not been followed", health.RootElement.GetProperty("roles").GetProperty("query").Text("reason"));
    }

    [Fact]
    public async Task Without_the_schema_the_role_is_unhealthy_and_prices_are_not_available()
    {
        await using var database = await TestPostgres.CreateAsync();
        await database.ExecuteAsync("drop schema market cascade");
        await using var server = await QueryServer.StartEmptyAsync(database);
        using var response = await server.Http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Null(await server.Http.ProblemAsync("/prices/latest", HttpStatusCode.ServiceUnavailable));
        using var prices = await server.Http.GetAsync("/prices/latest");
        Assert.NotNull(prices.Headers.RetryAfter);
    }
}
