using System.Buffers;
using System.Text;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Wire;

public sealed class TradeJsonTests
{
    private const string Good =
        """{"venue":"binance","symbol":"BTCUSDT","tradeId":7,"price":"61685.99000000","quantity":"0.00012000","tradeTimeUs":1,"eventTimeUs":2,"receivedTimeUs":3,"isBuyerMaker":true,"origin":"stream"}""";

    private readonly InstrumentCache _instruments = new();

    public static TheoryData<string, string, string> Refused => new()
    {
        { "\"binance\"", "\"kraken\"", "venue or symbol is missing or unknown" },
        { "\"BTCUSDT\"", "\"btcusdt\"", "venue or symbol is missing or unknown" },
        { "\"BTCUSDT\"", "\"BTC/USDT\"", "venue or symbol is missing or unknown" },
        { "\"BTCUSDT\"", "\"\"", "venue or symbol is missing or unknown" },
        { "\"BTCUSDT\"", "7", "venue or symbol is missing or unknown" },
        { "\"tradeId\":7", "\"tradeId\":-1", "tradeId is missing or negative" },
        { "\"tradeId\":7", "\"tradeId\":\"7\"", "tradeId is missing or negative" },
        { "\"tradeId\":7", "\"tradeId\":7.5", "tradeId is missing or negative" },
        { "\"tradeId\":7", "\"tradeId\":9223372036854775808", "tradeId is missing or negative" },
        { "\"tradeId\":7", "\"other\":7", "tradeId is missing or negative" },
        { "\"tradeId\":7", "\"tradeId\":7,\"lastTradeId\":6", "lastTradeId is below tradeId" },
        { "\"61685.99000000\"", "\"0\"", "price is missing or not positive" },
        { "\"61685.99000000\"", "\"-1\"", "price is missing or not positive" },
        { "\"61685.99000000\"", "61685.99", "price is missing or not positive" },
        { "\"61685.99000000\"", "\"1e5\"", "price is missing or not positive" },
        { "\"61685.99000000\"", "\"12345678901234567890123456789\"", "price is missing or not positive" },
        { "\"0.00012000\"", "\"0.0\"", "quantity is missing or not positive" },
        { "\"0.00012000\"", "null", "quantity is missing or not positive" },
        { "\"tradeTimeUs\":1", "\"tradeTimeUs\":-1", "a time is missing or negative" },
        { "\"eventTimeUs\":2", "\"eventTimeUs\":null", "a time is missing or negative" },
        { ",\"receivedTimeUs\":3", "", "a time is missing or negative" },
        { ",\"isBuyerMaker\":true", "", "isBuyerMaker is missing" },
        { "\"stream\"", "\"gossip\"", "origin is missing or unknown" },
        { ",\"origin\":\"stream\"", "", "origin is missing or unknown" },
    };

    [Fact]
    public void Every_trade_is_read_as_it_was_written_to_the_last_digit() =>
        Prop.ForAll(Anything.Trade.ToArbitrary(), trade =>
        {
            Assert.True(TradeJson.TryRead(Write(trade), _instruments, out var read, out var error), error);
            Assert.Equal(trade, read);
            // Decimals are equal without their trailing zeros; these are the exchange's and have to come through too.
            Assert.Equal($"{trade.Price} {trade.Quantity}", $"{read.Price} {read.Quantity}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_wire_form_is_what_the_contract_shows()
    {
        Assert.True(TradeJson.TryRead(Encoding.UTF8.GetBytes(Good), _instruments, out var trade, out _));

        Assert.Equal(Good, Encoding.UTF8.GetString(Write(trade)));
        Assert.Equal(1, trade.Count);
    }

    [Fact]
    public void An_aggregate_names_its_last_id_and_counts_the_ids_between()
    {
        Assert.True(TradeJson.TryRead(Changed("\"tradeId\":7", "\"tradeId\":7,\"lastTradeId\":9"), _instruments, out var trade, out _));

        Assert.Equal((7, 9, 3), (trade.TradeId, trade.LastTradeId, trade.Count));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_breaks_the_contract_is_refused_with_the_field_that_does(string part, string by, string expected)
    {
        Assert.False(TradeJson.TryRead(Changed(part, by), _instruments, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("7", "not a JSON object")]
    [InlineData("{", "not JSON")]
    [InlineData("{\"isBuyerMaker\":\"yes\"}", "a field has another type")]
    public void What_is_no_object_is_refused(string json, string expected)
    {
        Assert.False(TradeJson.TryRead(Encoding.UTF8.GetBytes(json), _instruments, out _, out var error));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData(",")]
    public void What_follows_the_object_makes_it_no_trade(string behind)
    {
        Assert.False(TradeJson.TryRead(Encoding.UTF8.GetBytes(Good + behind), _instruments, out _, out var error));
        Assert.StartsWith("not JSON", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_of_a_later_contract_are_skipped_wherever_they_stand()
    {
        var grown = Changed("{\"venue\"", "{\"later\":{\"tradeId\":[1,{\"price\":\"9\"}]},\"venue\"");

        Assert.True(TradeJson.TryRead(grown, _instruments, out var trade, out var error), error);
        Assert.Equal((7, 61685.99m), (trade.TradeId, trade.Price));
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes(Good);
        for (var i = 0; i < TestScale.Count(200_000); i++)
        {
            if (!TradeJson.TryRead(Mutation.Of(good, random), _instruments, out var trade, out _)) continue;
            Assert.True(trade is { TradeId: >= 0, Price: > 0, Quantity: > 0, Count: > 0 }, $"{trade}");
        }
    }

    private static byte[] Changed(string part, string by)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(Good.Replace(part, by, StringComparison.Ordinal));
    }

    private static byte[] Write(in Trade trade)
    {
        var output = new ArrayBufferWriter<byte>();
        TradeJson.Write(output, trade);
        return output.WrittenSpan.ToArray();
    }
}
