using System.Buffers;
using System.Globalization;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Tests.Frames;

public sealed class TradeEncoderTests
{
    private static readonly Instrument Btc = new(Venues.BinanceUsdm, "BTCUSDT");

    [Theory]
    [InlineData(1, 1, "61685.99000000", "0.00017000", true, TradeOrigin.Stream)]
    [InlineData(5, 9, "0.000012", "12", false, TradeOrigin.Repair)]
    [InlineData(long.MaxValue - 1, long.MaxValue, "1234567890123456789012345678", "0.0000000000000000000000000001", true, TradeOrigin.Backfill)]
    public void The_bytes_are_those_of_the_contract(
        long id, long lastId, string price, string quantity, bool isBuyerMaker, TradeOrigin origin)
    {
        var trade = new Trade(Btc, id, lastId, decimal.Parse(price, CultureInfo.InvariantCulture),
            decimal.Parse(quantity, CultureInfo.InvariantCulture), 1723161601437000, 1723161601438000, 1723161601439123, isBuyerMaker, origin);
        var expected = new ArrayBufferWriter<byte>();
        TradeJson.Write(expected, trade);
        var encoder = new TradeEncoder(Btc);
        var bytes = new byte[encoder.LengthMax];

        var length = encoder.Encode(id, lastId, Encoding.UTF8.GetBytes(price), Encoding.UTF8.GetBytes(quantity),
            trade.TradeTimeUs, trade.EventTimeUs, trade.ReceivedTimeUs, isBuyerMaker, origin, bytes);

        Assert.Equal(Encoding.UTF8.GetString(expected.WrittenSpan), Encoding.UTF8.GetString(bytes, 0, length));
    }

    [Fact]
    public void A_destination_that_is_too_short_is_refused() =>
        Assert.Throws<ArgumentException>(() => new TradeEncoder(Btc).Encode(
            1, 1, "1"u8, "1"u8, 1, 1, 1, true, TradeOrigin.Stream, new byte[40]));
}
