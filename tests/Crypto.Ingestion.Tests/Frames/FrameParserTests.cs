using System.Text;
using Crypto.Ingestion.Frames;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Frames;

public sealed class FrameParserTests
{
    private const string Spot =
        """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":3735693016,"p":"61685.99000000","q":"0.00017000","T":1723161601437,"m":true,"M":true}}""";

    [Fact]
    public void A_combined_spot_frame_gives_its_fields_with_the_exchanges_own_digits()
    {
        var frame = Encoding.UTF8.GetBytes(Spot);

        var trade = FrameParser.Parse(frame);

        Assert.Equal(FrameKind.Trade, trade.Kind);
        Assert.Equal("BTCUSDT", Encoding.UTF8.GetString(trade.Symbol(frame)));
        Assert.Equal("61685.99000000", Encoding.UTF8.GetString(trade.Price(frame)));
        Assert.Equal("0.00017000", Encoding.UTF8.GetString(trade.Quantity(frame)));
        Assert.Equal(3735693016, trade.TradeId);
        Assert.Equal(1723161601437000, trade.TradeTimeUs);
        Assert.Equal(1723161601438000, trade.EventTimeUs);
        Assert.True(trade.IsBuyerMaker);
    }

    [Theory]
    [InlineData(TestData.SpotBtcusdt, 10_147)]
    [InlineData(TestData.SpotEthusdt, 14_515)]
    [InlineData(TestData.UsdmBtcusdt, 21_313)]
    public void Every_frame_of_a_recording_is_a_trade_and_the_ids_follow_one_another(string recording, int count)
    {
        var frames = TestData.Frames(recording).Select(Encoding.UTF8.GetBytes).ToList();

        var trades = frames.ConvertAll(frame => FrameParser.Parse(frame));

        Assert.Equal(count, trades.Count);
        Assert.All(trades, trade => Assert.Equal(FrameKind.Trade, trade.Kind));
        Assert.All(trades.Zip(trades.Skip(1)), pair => Assert.Equal(pair.First.TradeId + 1, pair.Second.TradeId));
    }

    [Fact]
    public void Streams_of_other_kinds_are_left_alone()
    {
        var kinds = TestData.Frames(TestData.SpotMixedStreams)
            .GroupBy(frame => frame[11..frame.IndexOf('"', 11)])
            .ToDictionary(g => g.Key, g => g.Select(f => FrameParser.Parse(Encoding.UTF8.GetBytes(f)).Kind).Distinct().Single());

        Assert.Equal(FrameKind.Trade, kinds["ethusdt@trade"]);
        Assert.Equal(FrameKind.Other, kinds["ethusdt@depth@100ms"]);
        Assert.Equal(FrameKind.Other, kinds["ethusdt@bookTicker"]);
    }

    [Fact]
    public void Odd_frames_of_the_wild_are_void_or_trades()
    {
        var kinds = File.ReadLines(TestData.PathOf(TestData.OddFrames)).Skip(1)
            .Select(line => FrameParser.Parse(Encoding.UTF8.GetBytes(line.Split('\t')[2])).Kind);

        Assert.Equal([FrameKind.Void, FrameKind.Void, FrameKind.Trade], kinds);
    }

    [Theory]
    [InlineData("", FrameFault.NotJson)]
    [InlineData("nonsense", FrameFault.NotJson)]
    [InlineData("[]", FrameFault.NotJson)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1723161601437,"m":true""", FrameFault.NotJson)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1723161601437,"m":true} """ + "x", FrameFault.NotJson)]
    [InlineData("{}", FrameFault.MissingField)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","p":"1","q":"1","T":1723161601437,"m":true}""", FrameFault.MissingField)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":"1","p":"1","q":"1","T":1723161601437,"m":true}""", FrameFault.MissingField)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":1.5,"q":"1","T":1723161601437,"m":true}""", FrameFault.MissingField)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1723161601437,"m":null}""", FrameFault.MissingField)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"btc usdt","t":1,"p":"1","q":"1","T":1723161601437,"m":true}""", FrameFault.BadSymbol)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":-1,"p":"1","q":"1","T":1723161601437,"m":true}""", FrameFault.BadId)]
    [InlineData("""{"e":"trade","E":0,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1723161601437,"m":true}""", FrameFault.BadTime)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1723161601437000000,"m":true}""", FrameFault.BadTime)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"0","q":"1","T":1723161601437,"m":true}""", FrameFault.BadPrice)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"-1","q":"1","T":1723161601437,"m":true}""", FrameFault.BadPrice)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1e3","q":"1","T":1723161601437,"m":true}""", FrameFault.BadPrice)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"","q":"1","T":1723161601437,"m":true}""", FrameFault.BadPrice)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"0.000","T":1723161601437,"m":true}""", FrameFault.BadQuantity)]
    [InlineData("""{"e":"trade","E":1723161601438,"s":"BTCUSDT","t":1,"p":"1","q":"1.","T":1723161601437,"m":true}""", FrameFault.BadQuantity)]
    public void A_bad_frame_says_what_is_wrong(string frame, FrameFault expected)
    {
        var parsed = FrameParser.Parse(Encoding.UTF8.GetBytes(frame));

        Assert.Equal(FrameKind.Bad, parsed.Kind);
        Assert.Equal(expected, parsed.Fault);
        Assert.NotEmpty(FrameFaults.Describe(parsed.Fault));
    }

    [Theory]
    [InlineData("""{"result":null,"id":1}""", FrameKind.Other)]
    [InlineData("""{"error":{"code":2,"msg":"Invalid request"},"id":1}""", FrameKind.Other)]
    [InlineData("""{"e":"serverShutdown","E":1723161601438}""", FrameKind.ServerShutdown)]
    [InlineData("""{"stream":"btcusdt@trade","data":{"e":"serverShutdown","E":1723161601438}}""", FrameKind.ServerShutdown)]
    [InlineData("""{"e":"aggTrade","E":1723161601438,"s":"BTCUSDT","a":1}""", FrameKind.Other)]
    [InlineData("""{"stream":"!ticker@arr","data":[{"e":"24hrTicker"}]}""", FrameKind.Other)]
    public void What_is_no_trade_is_told_by_its_kind(string frame, FrameKind expected) =>
        Assert.Equal(expected, FrameParser.Parse(Encoding.UTF8.GetBytes(frame)).Kind);

    [Theory]
    [InlineData("""{ "e" : "trade" , "E":1723161601438000, "s":"BTCUSDT", "t":7, "p":"1.5", "q":"2", "T":1723161601437123, "m":false, "M":true}""")]
    [InlineData("""{"T":1723161601437123,"m":false,"e":"trade","s":"BTCUSDT","q":"2","p":"1.5","t":7,"E":1723161601438000}""")]
    [InlineData("""{"e":"trade","E":1723161601438000,"s":"BTCUSDT","t":7,"p":"1.5","q":"2","b":88,"a":50,"T":1723161601437123,"m":false,"M":true}""")]
    [InlineData("""{"e":"trade","E":1723161601438000,"s":"BTCUSDT","t":7,"p":"1.5","q":"2","T":1723161601437123,"m":false,"new":{"s":"ETHUSDT","t":[1]}}""")]
    [InlineData("""{"data":{"e":"trade","E":1723161601438000,"s":"BTCUSDT","t":7,"p":"1.5","q":"2","T":1723161601437123,"m":false},"stream":"btcusdt@trade"}""")]
    public void Order_spaces_and_further_fields_do_not_matter(string text)
    {
        var frame = Encoding.UTF8.GetBytes(text);

        var trade = FrameParser.Parse(frame);

        Assert.Equal(FrameKind.Trade, trade.Kind);
        Assert.Equal((7, 1723161601437123, 1723161601438000, false), (trade.TradeId, trade.TradeTimeUs, trade.EventTimeUs, trade.IsBuyerMaker));
        Assert.Equal("BTCUSDT 1.5 2", Encoding.UTF8.GetString([.. trade.Symbol(frame), .. " "u8, .. trade.Price(frame), .. " "u8, .. trade.Quantity(frame)]));
    }

    [Fact]
    public void Milliseconds_and_microseconds_of_the_same_moment_are_the_same_time()
    {
        var micro = Spot.Replace("1723161601438", "1723161601438000").Replace("1723161601437", "1723161601437000");

        var (a, b) = (FrameParser.Parse(Encoding.UTF8.GetBytes(Spot)), FrameParser.Parse(Encoding.UTF8.GetBytes(micro)));

        Assert.Equal((a.TradeTimeUs, a.EventTimeUs), (b.TradeTimeUs, b.EventTimeUs));
    }

    [Fact]
    public void Parsing_and_encoding_allocate_nothing()
    {
        var frames = TestData.Frames(TestData.SpotBtcusdt).Take(1000).Select(Encoding.UTF8.GetBytes).ToArray();
        var encoder = new TradeEncoder(new("binance", "BTCUSDT"));
        var scratch = new byte[encoder.LengthMax];
        long Round()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var frame in frames)
            {
                var parsed = FrameParser.Parse(frame);
                encoder.Encode(parsed.TradeId, parsed.TradeId, parsed.Price(frame), parsed.Quantity(frame), parsed.TradeTimeUs,
                    parsed.EventTimeUs, 1, parsed.IsBuyerMaker, Contracts.TradeOrigin.Stream, scratch);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Round();

        Assert.Equal(0, Round());
    }
}
