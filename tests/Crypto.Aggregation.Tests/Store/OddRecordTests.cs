using System.Text;
using Confluent.Kafka;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Kafka;

namespace Crypto.Aggregation.Tests.Store;

/// <summary>Records that no exchange sends change no candle and no time, and never stop the role.</summary>
public class OddRecordTests
{
    [Fact]
    public async Task Trades_that_the_store_refuses_are_in_no_candle_and_do_not_move_market_time()
    {
        var trades = RandomTrades.Make(11, 300, aggregates: 0);
        await using var plain = await TestMarket.CreateAsync("1s", "1m");
        plain.Publish(trades);
        await plain.ApplyAsync();
        await using var market = await TestMarket.CreateAsync("1s", "1m");
        var next = trades[^1].TradeId + 1;
        Trade At(long us) => trades[0] with { TradeId = next, LastTradeId = next, TradeTimeUs = us, EventTimeUs = us, ReceivedTimeUs = us };
        Trade[] odd =
        [
            At(trades[0].TradeTimeUs / 1000), At(trades[0].TradeTimeUs / 1_000_000), At(trades[0].TradeTimeUs * 1000), At(long.MaxValue),
            At(0), trades[0] with { TradeId = long.MaxValue, LastTradeId = long.MaxValue }, trades[0] with { TradeId = next, LastTradeId = next + 2_000_000 },
        ];
        market.Publish(trades.Take(150).Concat(odd).Concat(trades.Skip(150)));

        await market.ApplyAsync(batchSize: 40);

        Assert.Equal(await plain.CanonicalAsync(), await market.CanonicalAsync());
        Assert.Equal(trades.Count, (await market.CandlesAsync(Interval.OneMinute)).Sum(candle => candle.TradeCount));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("""{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":"1","lastTradeId":2,"reason":"zero price","timeUs":1723161600000000}""")]
    [InlineData("""{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":1,"lastTradeId":2,"reason":7,"timeUs":1723161600000000}""")]
    [InlineData("""{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":1,"lastTradeId":2,"reason":"\ud800","timeUs":1723161600000000}""")]
    [InlineData("""{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":1,"lastTradeId":2,"reason":"zero price","timeUs":1723161600000}""")]
    [InlineData("""{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":1,"lastTradeId":9000000,"reason":"zero price","timeUs":1723161600000000}""")]
    public async Task What_is_no_coverage_event_covers_nothing_and_is_passed(string value)
    {
        await using var market = await TestMarket.CreateAsync("1m");
        var partition = new AssignedPartition(Topics.Coverage, 0, "log", 0, 1);
        await market.Handler.AssignAsync(partition, default);
        var record = new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(Topics.Coverage, 0, 0),
            Message = new Message<byte[], byte[]> { Key = [], Value = Encoding.UTF8.GetBytes(value) },
        };

        await market.Handler.HandleAsync(new RecordBatch([new PartitionRecords(partition, 0, 1, [record])]), default);

        Assert.Equal(0L, await market.Postgres.ScalarAsync<long>("select count(*) from market.aggregated_ranges"));
        Assert.Equal(1L, await market.Postgres.ScalarAsync<long>("select next_offset from market.stream_offsets where topic = 'crypto.coverage'"));
    }
}
