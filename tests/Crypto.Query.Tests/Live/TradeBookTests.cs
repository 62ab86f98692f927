using System.Buffers;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Query.Live;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Query.Tests.Live;

/// <summary>What the topic's records do to the latest prices and to the market's time.</summary>
public sealed class TradeBookTests
{
    private const long StartUs = 1_723_161_600_000_000;
    private static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");
    private readonly TradeBook _book = new(Options.Create(new QueryOptions()), NullLogger<TradeBook>.Instance);

    public static TheoryData<Trade> Odd =>
    [
        Trade(8) with { EventTimeUs = StartUs * 1000 },
        Trade(8) with { TradeTimeUs = StartUs / 1000 },
        Trade(8) with { ReceivedTimeUs = long.MaxValue },
        Trade(long.MaxValue),
    ];

    [Theory]
    [MemberData(nameof(Odd))]
    public void A_trade_that_the_store_refuses_is_no_price_and_moves_no_time(Trade odd)
    {
        Accept(Trade(7));
        var version = _book.Version;

        Accept(odd);

        Assert.Equal(7, Assert.Single(_book.Latest()).Trade.TradeId);
        Assert.Equal((StartUs + 7, version), (_book.NewestEventUs, _book.Version));
    }

    [Fact]
    public void A_trade_of_history_is_no_news_to_a_stream_but_may_be_the_only_price()
    {
        Accept(Trade(7) with { Origin = TradeOrigin.Backfill });

        Assert.Equal(7, Assert.Single(_book.Latest()).Trade.TradeId);
        Assert.Equal(0, _book.Of(Btc).Count);
    }

    [Fact]
    public void Time_is_the_highest_that_was_seen_and_never_steps_back()
    {
        Accept(Trade(7));
        Accept(Trade(8) with { EventTimeUs = StartUs });

        Assert.Equal(StartUs + 7, _book.NewestEventUs);
        Assert.Equal(8, Assert.Single(_book.Latest()).Trade.TradeId);
    }

    [Fact]
    public void What_was_stored_and_is_older_than_the_topic_changes_nothing()
    {
        Accept(Trade(7));
        var version = _book.Version;

        _book.Raise(Trade(6));

        Assert.Equal((7, version), (Assert.Single(_book.Latest()).Trade.TradeId, _book.Version));
    }

    [Fact]
    public void Every_symbol_has_a_price_of_its_own()
    {
        Accept(Trade(7));
        Accept(Trade(3) with { Instrument = Btc with { Venue = Venues.BinanceUsdm } });

        Assert.Equal([3L, 7], _book.Latest().Select(entry => entry.Trade.TradeId).Order());
    }

    private static Trade Trade(long id) => new(Btc, id, id, 1, 1, StartUs, id > StartUs ? StartUs : StartUs + id, StartUs, true, TradeOrigin.Stream);

    private void Accept(in Trade trade)
    {
        var value = new ArrayBufferWriter<byte>();
        TradeJson.Write(value, trade);
        _book.Accept(new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(Topics.Trades, 0, 0),
            Message = new Message<byte[], byte[]> { Value = value.WrittenSpan.ToArray() },
        });
    }
}
