using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Xunit;

namespace Crypto.Query.Tests.Clients;

/// <summary>The official gRPC clients of Node and Python list, stream, cancel, run into deadlines and read errors.</summary>
public sealed class OfficialClientTests(RecordedMarket market) : IClassFixture<RecordedMarket>
{
    private const string Node = "node";
    private const string Python = "python";

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task Latest_prices(string language)
    {
        var prices = (await OfficialClient.RunAsync(language, market.GrpcUrl, "latest")).GetProperty("prices");
        Assert.Equal(["BTCUSDT", "ETHUSDT"], prices.EnumerateArray().Select(p => p.Text("symbol")));
        Assert.Equal(market.Btc[^1].Price.ToString(provider: null), prices[0].Text("price"));
        Assert.Equal(market.Btc[^1].TradeId.ToString(provider: null), prices[0].Text("trade_id"));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task The_latest_candles(string language)
    {
        var expected = NaiveFold.Fold(market.Btc, Interval.OneMinute).TakeLast(3).ToList();
        var candles = (await OfficialClient.RunAsync(language, market.GrpcUrl, "list")).GetProperty("candles").EnumerateArray().ToList();
        Assert.Equal(expected.Select(c => c.QuoteVolume.ToString(provider: null)), candles.Select(c => c.Text("quote_volume")));
        Assert.Equal(expected.Select(c => c.Vwap.ToString()), candles.Select(c => c.Text("vwap")));
        Assert.All(candles, c => Assert.Equal("CANDLE_STATE_CLOSED", c.Text("state")));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task Candles_of_a_range(string language)
    {
        var expected = NaiveFold.Fold(market.Btc, Interval.OneMinute).Skip(1).Take(2).Select(c => c.Close.ToString(provider: null));
        var candles = (await OfficialClient.RunAsync(language, market.GrpcUrl, "range")).GetProperty("candles");
        Assert.Equal(expected, candles.EnumerateArray().Select(c => c.Text("close")));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task An_unknown_symbol_is_not_found_with_the_resource_in_the_details(string language)
    {
        var (code, status) = Failure(await OfficialClient.RunAsync(language, market.GrpcUrl, "unknownSymbol"));
        Assert.Equal(5, code);
        Assert.Equal("DOGEUSDT", Assert.Single(status.Details).Unpack<Rpc.ResourceInfo>().ResourceName);
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task A_bad_interval_is_an_invalid_argument_with_the_field_in_the_details(string language)
    {
        var (code, status) = Failure(await OfficialClient.RunAsync(language, market.GrpcUrl, "badInterval"));
        Assert.Equal(3, code);
        var violation = Assert.Single(Assert.Single(status.Details).Unpack<Rpc.BadRequest>().FieldViolations);
        Assert.Equal("interval", violation.Field);
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task A_method_that_is_not_there_is_unimplemented(string language) =>
        Assert.Equal(12, (await OfficialClient.RunAsync(language, market.GrpcUrl, "unimplemented")).Number("code"));

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task A_stream_gives_its_snapshot_and_then_ends_at_the_deadline(string language)
    {
        using var client = await OfficialClient.StartAsync(language, market.GrpcUrl, "deadline");
        Assert.Equal("BTCUSDT", (await client.NextAsync()).GetProperty("candle").Text("symbol"));
        Assert.Equal(4, (await client.NextAsync()).Number("code"));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task A_stream_gives_its_snapshot_and_each_change_until_the_client_cancels(string language)
    {
        var candles = NaiveFold.Fold(market.Btc, Interval.OneMinute);
        await using var live = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(live.Database.DataSource, candles.Take(2));
        using var client = await OfficialClient.StartAsync(language, live.Server.GrpcUrl, "stream");
        Assert.Equal(candles[0].Close, Close(await client.NextAsync()));
        Assert.Equal(candles[1].Close, Close(await client.NextAsync()));
        await live.CommitAsync(candles[1] with { Version = 2, Close = 42.5m });
        Assert.Equal(42.5m, Close(await client.NextAsync()));
        Assert.Equal(1, (await client.NextAsync()).Number("code"));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task The_standard_health_service(string language)
    {
        var answers = await OfficialClient.RunAsync(language, market.GrpcUrl, "health");
        Assert.All(answers.EnumerateArray().SkipLast(1), answer => Assert.Equal("SERVING", answer.Text("status")));
        Assert.Equal((4, 5L), (answers.GetArrayLength(), answers[3].Number("code")));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task Server_reflection(string language)
    {
        var answer = await OfficialClient.RunAsync(language, market.GrpcUrl, "reflection");
        var services = answer.GetProperty("services").EnumerateArray().Select(s => s.GetString());
        Assert.Equal(
        [
            "crypto.market.v1.MarketData", "crypto.market.v1.MarketContext", "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
        ], services);
        Assert.Equal((2L, 5L), (answer.Number("files"), answer.Number("error")));
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task Trades_page_by_page(string language)
    {
        var ids = (await OfficialClient.RunAsync(language, market.GrpcUrl, "pages")).EnumerateArray().Select(i => i.GetString());
        Assert.Equal(market.Btc.Reverse().Take(4).Select(t => t.TradeId.ToString(provider: null)), ids);
    }

    [Theory]
    [InlineData(Node)]
    [InlineData(Python)]
    public async Task Coverage(string language)
    {
        var coverage = await OfficialClient.RunAsync(language, market.GrpcUrl, "coverage");
        Assert.Equal(market.Eth.Count.ToString(provider: null), coverage.Text("stored"));
        Assert.True(coverage.GetProperty("complete").GetBoolean());
    }

    private static decimal Close(JsonElement line) =>
        decimal.Parse(line.GetProperty("candle").Text("close"), System.Globalization.CultureInfo.InvariantCulture);

    private static (long Code, Rpc.Status Status) Failure(JsonElement line) =>
        (line.Number("code"), Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(line.Text("details"))));
}
