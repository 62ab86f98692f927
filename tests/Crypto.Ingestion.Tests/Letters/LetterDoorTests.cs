using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Feeds.Sources;
using Crypto.Ingestion.Letters;
using Crypto.Ingestion.Tests.Roles;
using Crypto.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Letters;

public sealed class LetterDoorTests
{
    private const string Frame = """{"e":"trade","E":1723161601438,"s":"DOGEUSDT","t":77,"p":"0.10000000","q":"5.00000000","T":1723161601437,"m":true,"M":true}""";
    private static readonly LetterDoor Door = new(Venues.Binance, "usd", TimeProvider.System);

    [Fact]
    public void A_frame_of_a_symbol_that_was_unknown_becomes_its_trade()
    {
        var (record, fault) = Door.Open(Letter(Topics.Trades, "ingestion ws://x", Frame));

        Assert.Null(fault);
        Assert.Equal("binance:DOGEUSDT", Encoding.UTF8.GetString(record!.Key));
        Assert.True(TradeJson.TryRead(record.Value, new InstrumentCache(), out var trade, out var error), error);
        Assert.Equal((77, 0.1m, 5m, TradeOrigin.Repair), (trade.TradeId, trade.Price, trade.Quantity, trade.Origin));
        Assert.Equal("crypto.trades.dlq/0/3", Encoding.UTF8.GetString(record.Headers.GetLastBytes(LetterDoor.ReplayHeader)));
    }

    [Fact]
    public void The_key_of_a_letter_tells_the_venue()
    {
        var (record, _) = Door.Open(Letter(Topics.Trades, "ingestion ws://x", Frame, "binance-usdm:DOGEUSDT"));

        Assert.Equal("binance-usdm:DOGEUSDT", Encoding.UTF8.GetString(record!.Key));
    }

    [Theory]
    [InlineData("nonsense", "no JSON")]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":77,"p":"-1","q":"5","T":1723161601437,"m":true}""", "the price is zero, negative or no decimal")]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":77,"p":"0","q":"0","T":1723161601437,"X":"NA","m":true}""", "zero price")]
    [InlineData("""{"result":null,"id":1}""", "no trade")]
    public void A_frame_that_is_bad_still_stays_with_its_reason(string frame, string reason)
    {
        var (record, fault) = Door.Open(Letter(Topics.Trades, "ingestion ws://x", frame));

        Assert.Null(record);
        Assert.Contains(reason, fault);
    }

    [Fact]
    public void A_record_of_a_topic_goes_there_as_it_was_with_its_own_headers()
    {
        var value = """{"venue":"binance","symbol":"BTCUSDT","tradeId":1,"price":"2","quantity":"3","tradeTimeUs":1723161601437000,"eventTimeUs":1723161601437000,"receivedTimeUs":1723161601437000,"isBuyerMaker":true,"origin":"stream"}""";
        var letter = Letter(Topics.Trades, "storage", value, "binance:BTCUSDT") with
        {
            Headers = [new("traceparent", "00-1"u8.ToArray()), new(DeadLetters.StageHeader, "storage"u8.ToArray()), new(DeadLetters.ReasonHeader, "x"u8.ToArray())],
        };

        var (record, fault) = Door.Open(letter);

        Assert.Null(fault);
        Assert.Equal((value, "binance:BTCUSDT"), (Encoding.UTF8.GetString(record!.Value), Encoding.UTF8.GetString(record.Key)));
        Assert.Equal(["traceparent", LetterDoor.ReplayHeader], record.Headers.Select(header => header.Key));
    }

    [Theory]
    [InlineData(Topics.Trades)]
    [InlineData(Topics.Coverage)]
    [InlineData(Topics.Tickers)]
    [InlineData(Topics.PricesRaw)]
    [InlineData(Topics.Sentiment)]
    [InlineData(Topics.News)]
    [InlineData(Topics.Candles)]
    public void A_record_that_breaks_its_contract_still_is_not_sent(string topic)
    {
        var (record, fault) = Door.Open(Letter(topic, "storage", "{}"));

        Assert.Null(record);
        Assert.NotEmpty(fault!);
    }

    [Theory]
    [InlineData(Topics.Trades, "storage", """{"venue":"binance","symbol":"BTCUSDT","tradeId":1,"price":"2","quantity":"3","tradeTimeUs":1723161601437,"eventTimeUs":1723161601437,"receivedTimeUs":1723161601437,"isBuyerMaker":true,"origin":"stream"}""", "microseconds")]
    [InlineData(Topics.Trades, "ingestion ws://x", """{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":2305843009213693952,"p":"1","q":"5","T":1723161601437,"m":true}""", "2^60")]
    [InlineData(Topics.News, "storage", """{"id":"a","source":"s","title":"a\u0000b","link":null,"publishedAt":"2024-08-09T00:00:00Z","creators":[],"categories":[]}""", "U+0000")]
    [InlineData(Topics.Coverage, "storage", """{"venue":"binance","symbol":"BTCUSDT","kind":"gapFound","firstTradeId":1,"lastTradeId":2,"reason":"a\u0000b","timeUs":1723161601437000}""", "")]
    [InlineData(Topics.Coverage, "storage", """{"venue":"binance","symbol":"BTCUSDT","kind":"void","firstTradeId":1,"lastTradeId":5000000,"reason":"x","timeUs":1723161601437000}""", "more than a million")]
    public void What_storage_would_refuse_again_is_told_and_not_sent(string topic, string stage, string value, string reason)
    {
        var (record, fault) = Door.Open(Letter(topic, stage, value));

        Assert.Null(record);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Topics.PricesRaw, "coingecko", """{"id":"x","symbol":"x","name":"X","current_price":1.5,"last_updated":"2023-07-28T20:03:29.093Z"}""")]
    [InlineData(Topics.Sentiment, "fear-greed", """{"value":"71","value_classification":"Greed","timestamp":"1790294400"}""")]
    [InlineData(Topics.Tickers, "tickers", """{"symbol":"BTCUSDT","lastPrice":"61685.99","priceChangePercent":"-1.250","volume":"25.5","closeTime":1723161601437}""")]
    [InlineData(Topics.News, "newsapi", """{"url":"https://example.org/a","title":"t","publishedAt":"2024-08-09T00:00:00Z"}""")]
    [InlineData(Topics.News, "rss:sample", "<item><title>t</title><guid>1</guid><pubDate>Fri, 09 Aug 2024 00:05:00 GMT</pubDate></item>")]
    [InlineData(Topics.News, "rss:sample", """<entry xmlns="http://www.w3.org/2005/Atom"><id>urn:1</id><title>A</title><updated>2024-08-09T00:00:00Z</updated></entry>""")]
    public void A_feeds_row_goes_through_the_feeds_own_reader(string topic, string feed, string row)
    {
        var (record, fault) = Door.Open(Letter(topic, $"ingestion {feed}", row));

        Assert.Null(fault);
        Assert.NotEmpty(record!.Key);
        // What the row became is what the topic's readers take.
        Assert.Null(Door.Open(Letter(topic, "storage", Encoding.UTF8.GetString(record.Value))).Fault);
    }

    [Fact]
    public void What_a_feed_wrote_to_the_dead_letters_is_what_the_door_reads()
    {
        var bad = Assert.Single(RssReader.Read(Encoding.UTF8.GetBytes("""
            <rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><guid>1</guid><dc:creator>A</dc:creator><pubDate>2024-08-09T00:00:00Z</pubDate></item></channel></rss>
            """), "sample"));
        var letter = Letter(Topics.News, "ingestion rss:sample", Encoding.UTF8.GetString(bad.Value));

        Assert.Equal(bad.Fault, Door.Open(letter).Fault);
    }

    [Fact]
    public void An_id_that_is_far_from_its_neighbours_is_doubtful()
    {
        Assert.True(LetterDoor.IsDoubtful(Letter(Topics.Trades, "ingestion ws://x", Frame, reason: "trade id 77 is far from 9999999")));
        Assert.False(LetterDoor.IsDoubtful(Letter(Topics.Trades, "ingestion ws://x", Frame, reason: "the symbol is not among those ingested")));
    }

    [Fact]
    public async Task Letters_are_read_from_the_broker_and_a_replay_that_is_repeated_stores_once()
    {
        await using var platform = await Platform.StartAsync();
        await platform.StartRolesAsync(ingestion: false);
        using var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = platform.Broker.BootstrapServers }, NullLoggerFactory.Instance);
        var letters = new DeadLetters(producer, NullLogger<DeadLetters>.Instance);
        await letters.PublishAsync(Topics.Trades, null, Encoding.UTF8.GetBytes(Frame), "the symbol is not among those ingested", "ingestion ws://x", default);
        await letters.PublishAsync(Topics.Trades, null, "nonsense"u8.ToArray(), "no JSON", "ingestion ws://x", default);

        var log = new DeadLetterLog(new KafkaOptions { BootstrapServers = platform.Broker.BootstrapServers });
        var read = log.Read(Topics.Trades, default);
        Assert.Equal([(Frame, "the symbol is not among those ingested"), ("nonsense", "no JSON")], read.Select(l => (Encoding.UTF8.GetString(l.Value), l.Reason)));
        Assert.Empty(log.Read(Topics.News, default));
        Assert.Empty(log.Read("no.such.topic", default));
        for (var again = 0; again < 2; again++) await producer.ProduceAsync(Topics.Trades, Door.Open(read[0]).Record!);
        await producer.ProduceAsync(Topics.Trades, Door.Open(Letter(Topics.Trades, "ingestion ws://x", Frame.Replace(":77", ":78", StringComparison.Ordinal))).Record!);

        await platform.UntilAsync("select count(*) from market.trades where trade_id = 78", 1L, TimeSpan.FromSeconds(60));
        Assert.Equal(1L, await platform.Database.ScalarAsync<long>("select count(*) from market.trades where trade_id = 77"));
    }

    private static DeadLetter Letter(string topic, string stage, string value, string? key = null, string reason = "a reason") => new(
        topic, 0, 3, DateTimeOffset.UnixEpoch, key is null ? null : Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value),
        [new(DeadLetters.StageHeader, Encoding.UTF8.GetBytes(stage)), new(DeadLetters.ReasonHeader, Encoding.UTF8.GetBytes(reason))]);
}
