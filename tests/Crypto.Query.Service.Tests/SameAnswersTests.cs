using Crypto.Market.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;

namespace Crypto.Query.Service.Tests;

/// <summary>One table of handlers behind two servers: what clients get must not tell which one answered.</summary>
[Collection(BothServersTests.Name)]
public sealed class SameAnswersTests(BothServers servers)
{
    private const string MarketData = "crypto.market.v1.MarketData";
    private const string MarketContext = "crypto.market.v1.MarketContext";

    public static TheoryData<string, string, string> Good => new()
    {
        { MarketData, "GetLatestPrices", "" },
        { MarketData, "ListCandles", """{ "symbol": "BTCUSDT", "interval": "1m", "limit": 3 }""" },
        { MarketData, "ListTrades", """{ "symbol": "BTCUSDT", "limit": 500 }""" },
        { MarketData, "GetCoverage", """{ "symbol": "BTCUSDT" }""" },
        { MarketContext, "ListAlerts", "" },
        { MarketContext, "ListNews", "" },
    };

    public static TheoryData<string, string, int> Bad => new()
    {
        { "ListCandles", """{ "symbol": "NOSUCH", "interval": "1m" }""", (int)StatusCode.NotFound },
        { "ListCandles", """{ "symbol": "BTCUSDT", "interval": "7m" }""", (int)StatusCode.InvalidArgument },
        { "ListCandles", """{ "symbol": "BTCUSDT", "interval": "1m", "limit": -1 }""", (int)StatusCode.InvalidArgument },
        { "ListTrades", """{ "symbol": "BTCUSDT", "pageToken": "nonsense" }""", (int)StatusCode.InvalidArgument },
        { "GetCoverage", """{ "symbol": "NOSUCH" }""", (int)StatusCode.NotFound },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public async Task The_messages_are_the_same_to_the_byte(string service, string method, string request)
    {
        var (portable, official) = await servers.AskAsync(service, method, RequestOf(service, method, request));
        Assert.Equal((StatusCode.OK, ""), (portable.Status, portable.Detail));
        Assert.Equal(StatusCode.OK, official.Status);
        Assert.Equal(portable.Messages, official.Messages);
    }

    [Fact]
    public async Task The_candles_are_those_of_the_store()
    {
        var (_, official) = await servers.AskAsync(MarketData, "ListCandles", new ListCandlesRequest { Symbol = "BTCUSDT", Interval = "1m", Limit = 1 });
        var candle = Assert.Single(ListCandlesResponse.Parser.ParseFrom(Convert.FromHexString(official.Messages[0])).Candles);
        Assert.Equal(servers.Trades[^1].TradeId, candle.LastTradeId);
        Assert.Equal(servers.Trades[^1].Price, decimal.Parse(candle.Close, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Failures_have_the_same_status_words_and_details(string method, string request, int status)
    {
        var (portable, official) = await servers.AskAsync(MarketData, method, RequestOf(MarketData, method, request));
        Assert.Equal((StatusCode)status, portable.Status);
        Assert.NotEmpty(portable.StatusDetails);
        Assert.Equal((portable.Status, portable.Detail, portable.StatusDetails), (official.Status, official.Detail, official.StatusDetails));
    }

    [Theory]
    [InlineData(MarketData, "NoSuchMethod")]
    [InlineData("no.such.Service", "Get")]
    public async Task What_is_not_there_is_unimplemented(string service, string method)
    {
        var (portable, official) = await servers.AskAsync(service, method, new Empty());
        Assert.Equal((StatusCode.Unimplemented, StatusCode.Unimplemented), (portable.Status, official.Status));
    }

    [Fact]
    public async Task A_stream_gives_the_same_snapshot_and_ends_at_the_deadline()
    {
        var request = new StreamCandlesRequest { Symbol = "BTCUSDT", Interval = "1m" };
        var (portable, official) = await servers.AskAsync(
            MarketData, "StreamCandles", request, MethodType.ServerStreaming, deadline: TimeSpan.FromSeconds(8));
        Assert.Equal((StatusCode.DeadlineExceeded, StatusCode.DeadlineExceeded), (portable.Status, official.Status));
        Assert.NotEmpty(portable.Messages);
        Assert.Equal(portable.Messages, official.Messages);
    }

    [Theory]
    [InlineData("")]
    [InlineData(MarketData)]
    [InlineData(MarketContext)]
    public async Task Health_is_served(string service)
    {
        // HealthCheckRequest and StringValue are alike on the wire; the answer's field 1 is 1 where the service serves.
        var (portable, official) = await servers.AskAsync("grpc.health.v1.Health", "Check", new StringValue { Value = service });
        Assert.Equal(["0801"], portable.Messages);
        Assert.Equal(portable.Messages, official.Messages);
    }

    [Fact]
    public async Task Health_of_an_unknown_service_is_not_found()
    {
        var (portable, official) = await servers.AskAsync("grpc.health.v1.Health", "Check", new StringValue { Value = "no.such.Service" });
        Assert.Equal((StatusCode.NotFound, StatusCode.NotFound), (portable.Status, official.Status));
    }

    private static IMessage RequestOf(string service, string method, string json)
    {
        var file = service == MarketData ? MarketDataReflection.Descriptor : ContextReflection.Descriptor;
        var type = file.Services.Single(one => one.FullName == service).FindMethodByName(method)!.InputType;
        return json.Length == 0 ? type.Parser.ParseFrom([]) : type.Parser.ParseJson(json);
    }
}
