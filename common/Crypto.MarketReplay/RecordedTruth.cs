using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Rest;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay;

/// <summary>
/// What a store must hold after a whole recording was played in its own time: every trade, every void id, and the candles of
/// an independent, naive fold. Checks compare against it.
/// </summary>
public sealed class RecordedTruth
{
    private readonly Tape _tape;
    private readonly string _venue;

    private RecordedTruth(Tape tape, string venue) => (_tape, _venue) = (tape, venue);

    /// <exception cref="FatalException">A recording cannot be read.</exception>
    public static RecordedTruth Of(IReadOnlyList<IRecordingSource> sources, string venue) =>
        new(TapeBuilder.Build(sources, venue, [], closeGaps: false), venue);

    /// <summary>Frames of the recording.</summary>
    public int Frames => _tape.Count;

    public IReadOnlyList<Instrument> Instruments => [.. _tape.Symbols.Select(s => new Instrument(_venue, s.Symbol))];

    /// <summary>The trades by id; those that REST serves, which are those with a price.</summary>
    public IEnumerable<Trade> Trades(Instrument instrument)
    {
        var symbol = Find(instrument);
        for (var rank = 0; rank < symbol.Count; rank++)
            if (symbol.OnBook[rank])
                yield return new Trade(
                    instrument, symbol.Ids[rank], symbol.Ids[rank], symbol.Price[rank], symbol.Quantity[rank], symbol.TimeUs[rank],
                    _tape[symbol.FrameOf[rank]].EventTimeUs, 0, symbol.IsBuyerMaker[rank], TradeOrigin.Stream);
    }

    /// <summary>Ids that exist but are no trades of the order book.</summary>
    public IReadOnlyList<long> VoidIds(Instrument instrument)
    {
        var symbol = Find(instrument);
        return [.. Enumerable.Range(0, symbol.Count).Where(rank => !symbol.OnBook[rank]).Select(rank => symbol.Ids[rank])];
    }

    /// <summary>The candles of an interval, flat ones between trades included; state, revision and version say nothing.</summary>
    public IReadOnlyList<Candle> Candles(Instrument instrument, Interval interval)
    {
        var symbol = Find(instrument);
        var passed = new PassedTrades(new Timeline(_tape, loop: false), symbol, _tape.Count);
        return
        [
            .. NaiveKlines.Fold(passed, symbol.TimeRangeUs.First, symbol.TimeRangeUs.Last, interval.LengthUs, default).Select(k =>
                new Candle(
                    instrument, interval, k.OpenTimeUs, k.Open, k.High, k.Low, k.Close, k.Volume, k.QuoteVolume, k.Count,
                    k.TakerBuyVolume, k.TakerBuyQuoteVolume, k.Count == 0 ? null : k.FirstId, k.Count == 0 ? null : k.LastId,
                    CandleState.Final, 0, 0, true)),
        ];
    }

    private SymbolTape Find(Instrument instrument) =>
        _tape.Find(instrument.Symbol) ?? throw new ArgumentException($"{instrument} is not in the recording", nameof(instrument));
}
