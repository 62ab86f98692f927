using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Rest;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Tests;

/// <summary>A day of a looping recording, which takes its whole turns at once, is what all of its trades one after the other make.</summary>
public class TickerFoldTests
{
    private const int Turns = 4;
    private static readonly Tape Sample = TapeBuilder.Build([.. SampleRecording.Files.Select(file => new RecordingFile(file))], Venues.Binance, [], closeGaps: true);
    private readonly Timeline _timeline = new(Sample, loop: true) { ShiftUs = 1_000_000_000 };
    private readonly Random _random = new(3);

    [Fact]
    public void Any_range_at_any_position_is_the_fold_of_its_trades()
    {
        var wholeTurns = 0;
        for (var i = 0; i < 100; i++)
        {
            var symbol = Sample.Symbols[i % Sample.Symbols.Count];
            var position = _random.NextInt64(1, Turns * Sample.Count);
            var passed = new PassedTrades(_timeline, symbol, position);
            var (fromUs, toUs) = (Moment(symbol), Moment(symbol));
            if (fromUs > toUs) (fromUs, toUs) = (toUs, fromUs);
            for (var turn = 0L; turn < Turns; turn++)
                if (passed.HasWholeTurn(turn * symbol.Count, fromUs, toUs)) wholeTurns++;

            var folded = NaiveKlines.FoldAll(passed, fromUs, toUs, NaiveKlines.FoldTurn(symbol));

            Assert.Equal(Values(OneByOne(passed, fromUs, toUs)), Values(folded));
        }
        Assert.InRange(wholeTurns, 20, 100 * Turns);
    }

    [Fact]
    public void A_turn_is_whole_from_its_first_to_its_last_trade()
    {
        var symbol = Sample.Symbols[0];
        var shiftUs = _timeline.TimeShiftUs(1);
        var (first, last) = (shiftUs + symbol.TimeRangeUs.First, shiftUs + symbol.TimeRangeUs.Last);
        var passed = new PassedTrades(_timeline, symbol, 2 * Sample.Count);

        Assert.True(passed.HasWholeTurn(symbol.Count, first, last));
        Assert.False(passed.HasWholeTurn(symbol.Count, first + 1, last));
        Assert.False(passed.HasWholeTurn(symbol.Count, first, last - 1));
        Assert.False(new PassedTrades(_timeline, symbol, 2 * Sample.Count - 1).HasWholeTurn(symbol.Count, first, last));
    }

    private static Kline? OneByOne(PassedTrades passed, long fromUs, long toUs)
    {
        Kline? all = null;
        for (var sequence = 0L; sequence < passed.End; sequence++)
        {
            if (!passed.TryGet(sequence, out var trade) || trade.TimeUs < fromUs || trade.TimeUs > toUs) continue;
            var price = passed.Symbol.Price[trade.Rank];
            all ??= new Kline(fromUs, price);
            all.Add(trade.Id, price, passed.Symbol.Quantity[trade.Rank], passed.Symbol.IsBuyerMaker[trade.Rank]);
        }
        return all;
    }

    private static object? Values(Kline? kline) => kline is null
        ? null
        : (kline.OpenTimeUs, kline.Open, kline.High, kline.Low, kline.Close, kline.Volume, kline.QuoteVolume, kline.TakerBuyVolume,
            kline.TakerBuyQuoteVolume, kline.Count, kline.FirstId, kline.LastId, kline.LastQuantity);

    private long Moment(SymbolTape symbol) => _random.NextInt64(
        _timeline.TimeShiftUs(0) + symbol.TimeRangeUs.First - 1_000_000, _timeline.TimeShiftUs(Turns - 1) + symbol.TimeRangeUs.Last + 1_000_000);
}
