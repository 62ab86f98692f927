using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crypto.Query.Data;
using Crypto.Query.Tests.Support;
using Crypto.Query.Tests.Wire;
using Crypto.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Crypto.Query.Tests.Access;

/// <summary>Who is let in. A request that a proxy passed on stands for one from elsewhere.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string ReaderKey = "reader-key-of-this-test";
    private const string AdminKey = "admin-key-of-this-test";
    private TestPostgres? _database;
    private QueryServer? _server;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        _server = await QueryServer.StartAsync(
            _database, null, ("Query:Access:Keys:0:Name", "reader"), ("Query:Access:Keys:0:Sha256", Hash(ReaderKey)),
            ("Query:Access:Keys:0:Scopes:0", "read"), ("Query:Access:Keys:0:RequestsPerSecond", "2"), ("Query:Access:Keys:1:Name", "admin"),
            ("Query:Access:Keys:1:Sha256", Hash(AdminKey)), ("Query:Access:Keys:1:Scopes:0", "admin"),
            ("Query:Access:Hosts:0", "market.example"), ("Query:Access:Origins:0", "https://charts.example"));
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    [Fact]
    public async Task Reading_is_open_on_loopback() => Assert.Equal(HttpStatusCode.OK, await StatusAsync());

    [Fact]
    public async Task From_elsewhere_a_key_is_needed_and_its_scope_counts()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(("X-Forwarded-For", "203.0.113.9")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("X-Forwarded-For", "203.0.113.9"), ("X-Api-Key", ReaderKey)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(("Forwarded", "for=203.0.113.9"), ("Authorization", "Bearer " + ReaderKey)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(("X-Forwarded-For", "203.0.113.9"), ("X-Api-Key", AdminKey)));
    }

    [Fact]
    public async Task A_wrong_key_is_refused_even_on_loopback() =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(("X-Api-Key", "guessed")));

    [Fact]
    public async Task What_might_change_state_needs_the_admin_scope_even_on_loopback()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Post));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, ("X-Api-Key", ReaderKey)));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(HttpMethod.Post, ("X-Api-Key", AdminKey)));
    }

    [Fact]
    public async Task A_key_has_its_own_limit()
    {
        // All at once: one after the other they would be within the limit on a slow machine.
        var statuses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => StatusAsync(("X-Api-Key", ReaderKey))));
        Assert.Contains(HttpStatusCode.OK, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync());
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("127.0.0.1.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("market.example", HttpStatusCode.OK)]
    [InlineData("localhost:8080", HttpStatusCode.OK)]
    [InlineData("app.localhost", HttpStatusCode.OK)]
    [InlineData("query", HttpStatusCode.OK)]
    [InlineData("[::1]:8080", HttpStatusCode.OK)]
    public async Task The_host_header_must_be_one_of_ours(string host, HttpStatusCode expected) =>
        Assert.Equal(expected, await StatusAsync(("Host", host)));

    [Fact]
    public async Task Probes_need_no_key()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/alive");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(HttpStatusCode.OK, (await _server!.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Only_named_origins_may_read_from_a_page()
    {
        foreach (var (origin, allowed) in new[] { ("https://charts.example", true), ("https://evil.example", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/prices/latest");
            request.Headers.Add("Origin", origin);
            var response = await _server!.Http.SendAsync(request);
            Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_gRPC_client_from_elsewhere_is_told_in_its_own_way()
    {
        using var grpc = new RawGrpc(_server!.GrpcUrl);
        var response = await grpc.PostAsync("/crypto.market.v1.MarketData/GetLatestPrices",
            RawGrpc.Content(RawGrpc.Frame([])), request => request.Headers.Add("X-Forwarded-For", "203.0.113.9"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("16", await RawGrpc.EndAsync(response));
    }

    [Theory]
    [InlineData("delete from market.trades")]
    [InlineData("insert into market.instruments (venue, symbol) values ('binance', 'XUSDT')")]
    [InlineData("create table market.mine (id int)")]
    public async Task The_query_role_cannot_write_to_the_database(string statement)
    {
        var reader = _server!.Services.GetRequiredKeyedService<NpgsqlDataSource>(QueryDatabase.Key);
        await using var command = reader.CreateCommand(statement);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public void The_server_looks_after_idle_connections()
    {
        var http2 = _server!.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.Http2;
        Assert.True(http2.KeepAlivePingDelay < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Where_loopback_is_not_trusted_reading_needs_a_key_there_too()
    {
        await using var server = await QueryServer.StartAsync(
            _database!, null, ("Query:Access:KeysOnLoopback", "true"), ("Query:Access:Keys:0:Name", "reader"),
            ("Query:Access:Keys:0:Sha256", Hash(ReaderKey)), ("Query:Access:Keys:0:Scopes:0", "read"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetAsync("/prices/latest")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/alive")).StatusCode);

        server.Http.DefaultRequestHeaders.Add("X-Api-Key", ReaderKey);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync("/prices/latest")).StatusCode);
    }

    [Fact]
    public async Task Two_keys_of_one_name_stop_the_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => QueryServer.StartAsync(
            _database!, null, ("Query:Access:Keys:0:Name", "reader"), ("Query:Access:Keys:0:Sha256", Hash(ReaderKey)),
            ("Query:Access:Keys:0:Scopes:0", "read"), ("Query:Access:Keys:1:Name", "reader"),
            ("Query:Access:Keys:1:Sha256", Hash(AdminKey)), ("Query:Access:Keys:1:Scopes:0", "read")));
        Assert.Contains("Query:Access:Keys:1:Name is 'reader', as that of Keys:0", failure.Message);
    }

    [Theory]
    [InlineData("Query:Access:KeysOnLoopback", "true", "KeysOnLoopback is true, but no key may read")]
    [InlineData("Query:Access:Keys:0:Sha256", "abc", "Sha256 is no SHA-256")]
    [InlineData("Query:Access:Origins:0", "example.org/", "Origins holds 'example.org/'")]
    [InlineData("Query:CachedCandles", "1", "CachedCandles")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string setting, string value, string message)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => QueryServer.StartAsync(_database!, null, (setting, value)));
        Assert.Contains(message, failure.Message);
    }

    private Task<HttpStatusCode> StatusAsync(params (string Name, string Value)[] headers) => StatusAsync(HttpMethod.Get, headers);

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, "/prices/latest");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _server!.Http.SendAsync(request);
        return response.StatusCode;
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
