using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Crypto.Query.Tests.Wire;
using Crypto.Rpc.Health;
using Crypto.Testing;
using Xunit;
using Proto = Crypto.Market.V1;
using ServingStatus = Crypto.Rpc.Health.HealthCheckResponse.Types.ServingStatus;

namespace Crypto.Query.Tests.Live;

/// <summary>Streams over gRPC: what they begin with, where they resume, and what becomes of a client that does not read.</summary>
public sealed class LiveGrpcTests
{
    private const string MarketData = "crypto.market.v1.MarketData";
    private const int Flood = 5000;
    private static readonly IReadOnlyList<Trade> Trades = RecordedTrades.Read(TestData.SpotBtcusdt);
    private static readonly IReadOnlyList<Candle> Candles = NaiveFold.Fold(Trades, Interval.OneMinute);

    [Fact]
    public async Task A_candle_stream_resumes_at_a_position_and_goes_on_live()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, Candles.Take(4));
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        using var stream = await GrpcStream<Proto.StreamCandlesResponse>.OpenAsync(
            grpc, $"{MarketData}/StreamCandles", new Proto.StreamCandlesRequest { Symbol = "BTCUSDT", ResumeFrom = Time(Candles[1].OpenTimeUs) });
        foreach (var stored in Candles.Skip(1).Take(3)) Assert.Equal(Time(stored.OpenTimeUs), (await stream.NextAsync()).Candle.OpenTime);
        await market.CommitAsync(Candles[4] with { Version = 9 });
        var live = (await stream.NextAsync()).Candle;
        Assert.Equal((Time(Candles[4].OpenTimeUs), 9L), (live.OpenTime, live.Version));
    }

    [Fact]
    public async Task A_client_that_does_not_read_gets_the_newest_state_and_no_backlog()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, [Candles[0]]);
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        using var stream = await GrpcStream<Proto.StreamCandlesResponse>.OpenAsync(
            grpc, $"{MarketData}/StreamCandles", new Proto.StreamCandlesRequest { Symbol = "BTCUSDT" });
        await Task.WhenAll(Enumerable.Range(2, Flood).Select(version => market.PublishAsync(Candles[0] with { Version = version })));
        await UntilAsync(market, "/ohlc/BTCUSDT", answer => answer.GetProperty("candles")[0].Number("version") == Flood + 1);

        var versions = new List<long>();
        while (versions.LastOrDefault() != Flood + 1) versions.Add((await stream.NextAsync()).Candle.Version);
        // What HTTP/2's windows had room for came before the client began to read.
        Assert.InRange(versions.Count, 1, Flood / 2);
        Assert.Equal(versions.Order().Distinct(), versions);
    }

    [Fact]
    public async Task A_trade_stream_resumes_from_the_store_without_gap_or_repeat_and_goes_on_live()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.TradesAsync(market.Database.DataSource, [.. Trades.Take(20)]);
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        using var stream = await GrpcStream<Proto.StreamTradesResponse>.OpenAsync(
            grpc, $"{MarketData}/StreamTrades", new Proto.StreamTradesRequest { Symbol = "BTCUSDT", ResumeAfter = Trades[9].TradeId });
        foreach (var trade in Trades.Skip(19).Take(11)) await market.PublishAsync(trade);
        for (var i = 10; i < 30; i++)
        {
            var next = await stream.NextAsync();
            Assert.Equal((Trades[i].TradeId, 0L), (next.Trade.TradeId, next.Skipped));
        }
    }

    [Fact]
    public async Task A_client_too_slow_for_trades_is_told_how_many_it_missed()
    {
        await using var market = await LiveMarket.StartAsync(("Query:CachedTrades", "100"));
        await StoreSeed.TradesAsync(market.Database.DataSource, [Trades[0]]);
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        var opening = GrpcStream<Proto.StreamTradesResponse>.OpenAsync(
            grpc, $"{MarketData}/StreamTrades", new Proto.StreamTradesRequest { Symbol = "BTCUSDT" });
        // A stream without a position begins with the next trade, and its headers come with that one.
        var newest = Trades[0].TradeId;
        for (; !opening.IsCompleted; await Task.Delay(10)) await PublishAsync(++newest);
        using var stream = await opening;
        var first = (await stream.NextAsync()).Trade.TradeId;
        var last = newest + Flood;
        await Task.WhenAll(Enumerable.Range(1, Flood).Select(i => PublishAsync(newest + i)));

        long seen = first, received = 0, skipped = 0;
        while (seen != last)
        {
            var next = await stream.NextAsync();
            received++;
            skipped += next.Skipped;
            Assert.Equal(seen + next.Skipped + 1, next.Trade.TradeId);
            seen = next.Trade.TradeId;
        }
        Assert.Equal(last - first, received + skipped);
        Assert.True(skipped > 0, $"all {received} trades found room between server and client");

        Task PublishAsync(long id) => market.PublishAsync(Trades[0] with { TradeId = id, LastTradeId = id });
    }

    [Fact]
    public async Task Candles_are_listed_page_by_page_newest_page_first_until_there_are_no_more()
    {
        await using var market = await LiveMarket.StartAsync();
        await StoreSeed.CandlesAsync(market.Database.DataSource, Candles.Take(5));
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        var pages = new List<Proto.ListCandlesResponse>();
        do
        {
            var request = new Proto.ListCandlesRequest { Symbol = "BTCUSDT", Limit = 2, PageToken = pages.LastOrDefault()?.NextPageToken ?? "" };
            using var response = await grpc.PostAsync($"/{MarketData}/ListCandles", RawGrpc.Content(RawGrpc.Frame(request)));
            var body = await response.Content.ReadAsByteArrayAsync();
            pages.Add(Proto.ListCandlesResponse.Parser.ParseFrom(Assert.Single(RawGrpc.Unframe(body)).Payload));
        }
        while (pages[^1].NextPageToken.Length > 0);
        Assert.Equal([2, 2, 1], pages.Select(page => page.Candles.Count));
        Assert.Equal(Candles.Take(5).Select(c => Time(c.OpenTimeUs)), Enumerable.Reverse(pages).SelectMany(page => page.Candles).Select(c => c.OpenTime));
    }

    [Fact]
    public async Task Who_watches_the_health_is_told_of_each_change()
    {
        await using var market = await LiveMarket.StartAsync(("Query:KafkaGraceSeconds", "0"));
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        using var known = await GrpcStream<HealthCheckResponse>.OpenAsync(
            grpc, "grpc.health.v1.Health/Watch", new HealthCheckRequest { Service = "crypto.market.v1.MarketContext" });
        using var unknown = await GrpcStream<HealthCheckResponse>.OpenAsync(
            grpc, "grpc.health.v1.Health/Watch", new HealthCheckRequest { Service = "no.Such" });
        Assert.Equal(ServingStatus.ServiceUnknown, (await unknown.NextAsync()).Status);
        Assert.Equal(ServingStatus.Serving, (await known.NextAsync()).Status);
        await market.Broker.StopAsync();
        Assert.Equal(ServingStatus.NotServing, (await known.NextAsync()).Status);
        await market.Broker.StartAgainAsync();
        Assert.Equal(ServingStatus.Serving, (await known.NextAsync()).Status);
    }

    private static Google.Protobuf.WellKnownTypes.Timestamp Time(long microseconds) =>
        Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(UnixTime.ToDateTime(microseconds));

    private static async Task UntilAsync(LiveMarket market, string path, Func<System.Text.Json.JsonElement, bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition(await market.Server.Http.OkAsync(path))) await Task.Delay(20, patience.Token);
    }
}
