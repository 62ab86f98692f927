using System.Globalization;
using Crypto.Aggregation.Folding;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Testing;

namespace Crypto.Aggregation.Tests.Folding;

/// <summary>The proof on real data: recorded USD-M frames against the exchange's own candles of the same minutes.</summary>
public class UsdmKlineTests
{
    [Fact]
    public void Recorded_frames_fold_to_the_exchange_s_own_candles_to_the_last_digit()
    {
        var fold = new IntervalFold([Interval.OneSecond, Interval.OneMinute]);
        foreach (var trade in RecordedTrades.Read(TestData.UsdmBtcusdt, Venues.BinanceUsdm))
        {
            Assert.True(ExactTrade.TryCreate(trade, out var exact));
            fold.Add(trade.TradeTimeUs, exact);
        }
        var minutes = fold.Merged()[1];
        var ours = new Dictionary<string, string>();
        foreach (var slot in minutes.Ordered()) ours[Milliseconds(minutes.OpenTimeOf(slot))] = LineOf(minutes.OpenTimeOf(slot), minutes.FragmentOf(slot));

        var theirs = File.ReadLines(TestData.PathOf(TestData.UsdmBtcusdtKlines)).Skip(1).ToList();
        Assert.Equal(5, theirs.Count);
        // As strings: not only equal, but printed with the same digits.
        foreach (var line in theirs) Assert.Equal(line, ours[line[..line.IndexOf(',')]]);
    }

    private static string LineOf(long openTimeUs, in Fragment f) => string.Join(',',
        Milliseconds(openTimeUs), Text(f.Shown(f.Open)), Text(f.Shown(f.High)), Text(f.Shown(f.Low)), Text(f.Shown(f.Close)),
        Text(f.VolumeDecimal), Milliseconds(openTimeUs + Interval.OneMinute.LengthUs - 1), Text(f.QuoteDecimal),
        f.Count.ToString(CultureInfo.InvariantCulture), Text(f.TakerVolumeDecimal), Text(f.TakerQuoteDecimal), "0");

    private static string Milliseconds(long timeUs) => (timeUs / 1000).ToString(CultureInfo.InvariantCulture);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
