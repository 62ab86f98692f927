using System.Collections.Concurrent;
using System.Diagnostics;
using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Crypto.Query.Tests.Wire;
using Crypto.Testing;
using Xunit;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Tests.Live;

/// <summary>The trace of a sampled trade ends with the first answer that holds its candle.</summary>
public sealed class AnswerTraceTests : IDisposable
{
    private static readonly Candle Candle = NaiveFold.Fold(RecordedTrades.Read(TestData.SpotBtcusdt), Interval.OneMinute)[0];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public AnswerTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Crypto.Query",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _trace) _ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private string TraceParent => $"00-{_trace}-{ActivitySpanId.CreateRandom()}-01";

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task The_first_of_several_streams_ends_it_and_the_others_add_nothing()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candle);
        using var first = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT");
        using var second = await SseReader.OpenAsync(market.Server.Http, "/stream/candles?symbol=BTCUSDT");
        foreach (var events in (SseReader[])[first, second]) Assert.NotNull(await events.NextAsync(60));
        await market.PublishAsync(Candle with { Version = Candle.Version + 1 }, TraceParent);
        foreach (var events in (SseReader[])[first, second]) Assert.NotNull(await events.NextAsync(60));

        Assert.Equal(["answer /stream/candles", "follow crypto.candles"], await NamesAsync(2));
        var follow = _ended.Single(activity => activity.OperationName.StartsWith("follow", StringComparison.Ordinal));
        Assert.Equal(follow.SpanId, _ended.Single(activity => activity != follow).ParentSpanId);
    }

    [Fact]
    public async Task A_grpc_answer_ends_it()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candle);
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        await ListAsync(grpc, Candle.Version);
        await market.PublishAsync(Candle with { Version = Candle.Version + 1 }, TraceParent);
        await ListAsync(grpc, Candle.Version + 1);
        Assert.Equal(["answer ListCandles", "follow crypto.candles"], await NamesAsync(2));
    }

    [Fact]
    public async Task A_candle_without_a_trace_begins_none()
    {
        await using var market = await LiveMarket.StartAsync();
        await market.CommitAsync(Candle);
        using var grpc = new RawGrpc(market.Server.GrpcUrl);
        await ListAsync(grpc, Candle.Version);
        await market.PublishAsync(Candle with { Version = Candle.Version + 1 });
        await ListAsync(grpc, Candle.Version + 1);
        Assert.Empty(_ended);
    }

    private async Task<IEnumerable<string>> NamesAsync(int count)
    {
        await Eventually.IsTrueAsync(() => _ended.Count >= count, Patience);
        return _ended.Select(activity => activity.OperationName).Order(StringComparer.Ordinal);
    }

    // Asks until the answer holds the candle in this version.
    private static async Task ListAsync(RawGrpc grpc, long version)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await NewestAsync(grpc, patience.Token) != version) await Task.Delay(10, patience.Token);
    }

    private static async Task<long?> NewestAsync(RawGrpc grpc, CancellationToken cancellation)
    {
        using var response = await grpc.PostAsync("/crypto.market.v1.MarketData/ListCandles",
            RawGrpc.Content(RawGrpc.Frame(new Proto.ListCandlesRequest { Symbol = "BTCUSDT", Interval = "1m" })), cancellation: cancellation);
        var answer = RawGrpc.Unframe(await response.Content.ReadAsByteArrayAsync(cancellation));
        return answer.Count == 0 ? null : Proto.ListCandlesResponse.Parser.ParseFrom(answer[0].Payload).Candles.LastOrDefault()?.Version;
    }
}
