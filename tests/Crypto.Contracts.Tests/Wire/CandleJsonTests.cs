using System.Buffers;
using System.Text;
using System.Text.Json;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Wire;

public sealed class CandleJsonTests
{
    private static readonly Candle Minute = new(
        new Instrument(Venues.Binance, "BTCUSDT"), Interval.OneMinute, 1_723_161_600_000_000, 61685.99m, 61700.00m, 61600.10m, 61650.5000m,
        12.34500m, 761200.000100m, 42, 6.1m, 376000.5m, 100, 141, CandleState.Final, 1, 9, true);

    [Fact]
    public void Every_candle_is_read_as_it_was_written_to_the_last_digit() =>
        Prop.ForAll(Anything.Candle.ToArbitrary(), candle =>
        {
            var read = CandleJson.Read(Write(candle));
            Assert.Equal(candle, read);
            Assert.Equal($"{candle}", $"{read}"); // trailing zeros too
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_candle_tells_its_last_microsecond_and_its_average_price()
    {
        using var json = JsonDocument.Parse(Write(Minute));

        Assert.Equal(1_723_161_659_999_999, json.RootElement.GetProperty("closeTimeUs").GetInt64());
        Assert.Equal("61660.591340623734", json.RootElement.GetProperty("vwap").GetString());
    }

    [Fact]
    public void A_candle_without_trades_has_null_for_what_it_lacks()
    {
        var flat = Minute with { Volume = 0, QuoteVolume = 0, TradeCount = 0, FirstTradeId = null, LastTradeId = null };

        using var json = JsonDocument.Parse(Write(flat));

        Assert.All(["vwap", "firstTradeId", "lastTradeId"],
            name => Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty(name).ValueKind));
        Assert.Equal(flat, CandleJson.Read(Write(flat)));
    }

    [Theory]
    [InlineData("\"1m\"", "\"2m\"", "interval is unknown")]
    [InlineData("\"final\"", "\"done\"", "state is unknown")]
    [InlineData("\"61685.99\"", "\"much\"", "open is no decimal")]
    [InlineData("\"61685.99\"", "61685.99", "open is no text")]
    [InlineData("\"61685.99\"", "null", "open is no text")]
    [InlineData("\"open\"", "\"opened\"", "open is missing")]
    [InlineData("\"version\":9", "\"version\":\"9\"", "version is no whole number")]
    [InlineData("\"version\":9", "\"version\":9.5", "version is no whole number")]
    [InlineData("\"revision\":1", "\"revision\":2147483648", "revision is no whole number")]
    [InlineData("\"complete\":true", "\"complete\":1", "complete is neither true nor false")]
    [InlineData("\"firstTradeId\":100", "\"firstTradeId\":100.5", "firstTradeId is no whole number")]
    public void What_is_no_candle_is_refused_with_the_field_that_is_wrong(string part, string by, string expected)
    {
        var json = Encoding.UTF8.GetString(Write(Minute));
        Assert.Contains(part, json, StringComparison.Ordinal);

        var failure = Assert.ThrowsAny<JsonException>(() => CandleJson.Read(Encoding.UTF8.GetBytes(json.Replace(part, by, StringComparison.Ordinal))));

        Assert.Equal(expected, failure.Message);
    }

    [Fact]
    public void Whatever_the_bytes_the_reader_answers_with_a_candle_or_the_one_exception()
    {
        var random = new Random(7);
        var good = Write(Minute);
        for (var i = 0; i < TestScale.Count(50_000); i++)
        {
            var bytes = Mutation.Of(good, random);
            if (Record.Exception(() => CandleJson.Read(bytes)) is { } failure)
                Assert.True(failure is JsonException, $"{failure.GetType()} of {Encoding.UTF8.GetString(bytes)}");
        }
    }

    private static byte[] Write(Candle candle)
    {
        var output = new ArrayBufferWriter<byte>();
        CandleJson.Write(output, candle);
        return output.WrittenSpan.ToArray();
    }
}
