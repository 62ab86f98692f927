using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Tests.Support;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

/// <summary>Whatever is asked for over several turns of a loop, REST answers as a list of all trades would.</summary>
public sealed class RestModelTests : IAsyncLifetime
{
    private const long SecondUs = 1_000_000;
    private const long PeriodUs = 11 * SecondUs;
    private const int Turns = 3;
    private static readonly HttpClient Http = new() { DefaultRequestHeaders = { { "X-MBX-TIME-UNIT", "MICROSECOND" } } };

    // At the end of a turn, where no aggregate is under way.
    private static readonly long NowUs = UnixTime.ToMicroseconds(MarketReplayOptions.LoopEpoch) + (Turns * PeriodUs) - 1000;

    private readonly Random _random = new(7);
    private MarketReplayServer _server = null!;
    private List<Row> _trades = null!;

    public async Task InitializeAsync()
    {
        _server = await MarketReplayServer.StartAsync(new MarketReplayOptions
        {
            Sources = [new SyntheticMarket(new SyntheticMarketOptions { TradesPerSecond = 40, Duration = TimeSpan.FromSeconds(10.4) })],
            Clock = MarketClock.Now,
            Loop = true,
            WeightPerMinute = 0,
            Time = new SetTime(UnixTime.ToDateTime(NowUs)),
        }, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, default);
        _trades = await AllAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public void Paging_from_the_first_id_finds_every_id_of_every_turn_in_the_order_of_time()
    {
        Assert.Equal(0, _trades.Count % Turns);
        Assert.Equal(Enumerable.Range(0, _trades.Count).Select(i => _trades[0].Id + i), _trades.Select(trade => trade.Id));
        Assert.Equal(_trades.Select(trade => trade.TimeUs).Order(), _trades.Select(trade => trade.TimeUs));
        var turn = _trades.Count / Turns;
        Assert.All(_trades.Skip(turn).Zip(_trades), pair => Assert.Equal(pair.Second.TimeUs + PeriodUs, pair.First.TimeUs));
    }

    [Fact]
    public async Task Trades_from_any_id_are_the_ones_that_follow_it()
    {
        for (var i = 0; i < TestScale.Count(500); i++)
        {
            var (fromId, limit) = (_trades[0].Id + _random.Next(-5, _trades.Count + 5), _random.Next(1, 60));

            var page = await AskAsync($"historicalTrades?symbol=BTCUSDT&fromId={fromId}&limit={limit}");

            Assert.Equal(_trades.Where(trade => trade.Id >= fromId).Take(limit), page.Select(RowOf));
        }
    }

    [Fact]
    public async Task Aggregates_of_any_range_are_the_neighbours_of_one_time_price_and_side()
    {
        var all = Aggregates();
        for (var i = 0; i < TestScale.Count(500); i++)
        {
            var (from, to, limit) = (Moment(), Moment(), _random.Next(1, 60));
            if (from > to) (from, to) = (to, from);
            var first = _random.Next(1, all.Count);
            var (query, expected) = _random.Next(4) switch
            {
                0 => ($"fromId={first}", all.Skip(first - 1).Take(limit)),
                1 => ($"startTime={from}&endTime={to}", all.Where(a => a.TimeUs >= from && a.TimeUs <= to).Take(limit)),
                2 => ($"startTime={from}", all.Where(a => a.TimeUs >= from).Take(limit)),
                _ => ($"endTime={to}", all.Where(a => a.TimeUs <= to).TakeLast(limit)),
            };

            var answer = await AskAsync($"aggTrades?symbol=BTCUSDT&limit={limit}&{query}");

            Assert.Equal(expected, answer.Select(a => new Aggregate(
                a.GetProperty("a").GetInt64(), a.GetProperty("f").GetInt64(), a.GetProperty("l").GetInt64(), a.GetProperty("T").GetInt64(),
                Number(a.GetProperty("p")), Number(a.GetProperty("q")), a.GetProperty("m").GetBoolean())));
        }
    }

    [Theory]
    [InlineData("1s", 1)]
    [InlineData("1m", 60)]
    public async Task Candles_of_any_range_are_folded_from_the_trades(string interval, int seconds)
    {
        var lengthUs = seconds * SecondUs;
        var all = Candles(lengthUs);
        for (var i = 0; i < TestScale.Count(200); i++)
        {
            var (from, to, limit) = (Moment(), Moment(), _random.Next(1, 40));
            if (from > to) (from, to) = (to, from);
            var inside = all.Where(c => c.OpenTimeUs >= from && c.OpenTimeUs <= to).Take(limit);

            var answer = await AskAsync($"klines?symbol=BTCUSDT&interval={interval}&startTime={from}&endTime={to}&limit={limit}");

            Assert.Equal(inside, answer.Select(k => new Candle(
                k[0].GetInt64(), Number(k[1]), Number(k[2]), Number(k[3]), Number(k[4]), Number(k[5]), k[8].GetInt64(), Number(k[9]))));
        }
    }

    private long Moment() => _trades[0].TimeUs + _random.NextInt64(-SecondUs, (Turns * PeriodUs) + SecondUs);

    private List<Aggregate> Aggregates()
    {
        var all = new List<Aggregate>();
        foreach (var trade in _trades)
        {
            if (all.Count > 0 && all[^1] is var last && (last.TimeUs, last.Price, last.IsBuyerMaker) == (trade.TimeUs, trade.Price, trade.IsBuyerMaker))
                all[^1] = last with { LastId = trade.Id, Quantity = last.Quantity + trade.Quantity };
            else
                all.Add(new Aggregate(all.Count + 1, trade.Id, trade.Id, trade.TimeUs, trade.Price, trade.Quantity, trade.IsBuyerMaker));
        }
        return all;
    }

    private List<Candle> Candles(long lengthUs)
    {
        var byOpen = _trades.GroupBy(trade => trade.TimeUs / lengthUs * lengthUs).ToDictionary(bucket => bucket.Key, bucket => bucket.ToList());
        var all = new List<Candle>();
        for (var open = byOpen.Keys.Min(); open <= NowUs; open += lengthUs)
        {
            if (!byOpen.TryGetValue(open, out var trades))
            {
                var close = all[^1].Close;
                all.Add(new Candle(open, close, close, close, close, 0, 0, 0));
                continue;
            }
            all.Add(new Candle(
                open, trades[0].Price, trades.Max(t => t.Price), trades.Min(t => t.Price), trades[^1].Price, trades.Sum(t => t.Quantity),
                trades.Count, trades.Where(t => !t.IsBuyerMaker).Sum(t => t.Quantity)));
        }
        return all;
    }

    private async Task<List<Row>> AllAsync()
    {
        var all = new List<Row>();
        while (await AskAsync($"historicalTrades?symbol=BTCUSDT&limit=100&fromId={(all.Count == 0 ? 0 : all[^1].Id + 1)}") is { Count: > 0 } page)
            all.AddRange(page.Select(RowOf));
        return all;
    }

    private static Row RowOf(JsonElement trade) => new(
        trade.GetProperty("id").GetInt64(), trade.GetProperty("time").GetInt64(), Number(trade.GetProperty("price")), Number(trade.GetProperty("qty")),
        trade.GetProperty("isBuyerMaker").GetBoolean());

    private async Task<List<JsonElement>> AskAsync(string request)
    {
        using var answer = await Http.GetAsync($"{_server.Url}/api/v3/{request}");
        answer.EnsureSuccessStatusCode();
        return [.. JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.EnumerateArray()];
    }

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);

    private sealed record Row(long Id, long TimeUs, decimal Price, decimal Quantity, bool IsBuyerMaker);

    private sealed record Aggregate(long Id, long FirstId, long LastId, long TimeUs, decimal Price, decimal Quantity, bool IsBuyerMaker);

    private sealed record Candle(
        long OpenTimeUs, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume, long Count, decimal TakerBuyVolume);
}
