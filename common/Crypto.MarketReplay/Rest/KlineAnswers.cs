using System.Collections.Concurrent;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Rest;

/// <summary><c>klines</c> and <c>ticker/24hr</c>, folded naively from the trades that have passed.</summary>
internal sealed class KlineAnswers(ReplayClock clock, bool usdm)
{
    private const long DayUs = 24 * 3600 * 1_000_000L;

    private readonly ConcurrentDictionary<SymbolTape, Kline> _turns = new();

    // As many decimals as the exchange gives sums at spot; at USD-M its trades have at most three.
    private int Scale => usdm ? 3 : 8;

    public void Klines(RestQuery query, Utf8Buffer json, CancellationToken cancellationToken)
    {
        var passed = new PassedTrades(clock.Timeline, query.Symbol(), clock.Position);
        var lengthUs = query.Interval().LengthUs;
        var limit = query.Limit(500, usdm ? 1500 : 1000);
        var nowUs = clock.MarketTimeUs;
        var (startUs, endUs) = (query.TimeUs("startTime"), query.TimeUs("endTime"));
        // A candle belongs to the answer when it opens inside the range, so that a start is rounded up to a candle's.
        var toUs = Math.Min(endUs ?? long.MaxValue, nowUs);
        var fromUs = startUs is { } s ? (s + lengthUs - 1) / lengthUs * lengthUs : Math.Max(0, (toUs / lengthUs - limit + 1) * lengthUs);
        if (startUs is not null) toUs = Math.Min(toUs, fromUs + limit * lengthUs - 1);
        // The last candle is whole even where the range ends inside it.
        var wholeUs = Math.Min(nowUs, (toUs / lengthUs + 1) * lengthUs - 1);
        var klines = fromUs > toUs ? [] : NaiveKlines.Fold(passed, fromUs, wholeUs, lengthUs, cancellationToken);
        json.Append((byte)'[');
        for (var i = 0; i < klines.Count; i++)
        {
            if (i > 0) json.Append((byte)',');
            Append(query, json, klines[i], lengthUs, passed);
        }
        json.Append((byte)']');
    }

    /// <summary>The rolling 24 hours up to now; one object for one symbol, an array otherwise.</summary>
    public void Ticker(RestQuery query, Utf8Buffer json)
    {
        var asked = query.Symbols();
        var symbols = asked ?? clock.Timeline.Tape.Symbols;
        var one = query.Has("symbol");
        if (!one) json.Append((byte)'[');
        for (var i = 0; i < symbols.Count; i++)
        {
            if (i > 0) json.Append((byte)',');
            var passed = new PassedTrades(clock.Timeline, symbols[i], clock.Position);
            AppendTicker(query, json, passed);
        }
        if (!one) json.Append((byte)']');
    }

    private void Append(RestQuery query, Utf8Buffer json, Kline kline, long lengthUs, PassedTrades passed)
    {
        var prices = PriceScale(passed);
        json.Append((byte)'[');
        json.Append(query.Time(kline.OpenTimeUs));
        Text(json, kline.Open, prices);
        Text(json, kline.High, prices);
        Text(json, kline.Low, prices);
        Text(json, kline.Close, prices);
        Text(json, kline.Volume, Scale);
        json.Append((byte)',');
        json.Append(query.Time(kline.OpenTimeUs + lengthUs - 1));
        Text(json, kline.QuoteVolume, usdm ? 5 : 8);
        json.Append((byte)',');
        json.Append(kline.Count);
        Text(json, kline.TakerBuyVolume, Scale);
        Text(json, kline.TakerBuyQuoteVolume, usdm ? 5 : 8);
        json.Append(",\"0\"]"u8);
    }

    private void AppendTicker(RestQuery query, Utf8Buffer json, PassedTrades passed)
    {
        var nowUs = clock.MarketTimeUs;
        var turn = _turns.GetOrAdd(passed.Symbol, NaiveKlines.FoldTurn);
        var day = NaiveKlines.FoldAll(passed, nowUs - DayUs, nowUs, turn) ?? new Kline(nowUs - DayUs, 0);
        var change = day.Close - day.Open;
        var scale = PriceScale(passed);
        json.Append("{\"symbol\":\""u8);
        json.AppendAscii(passed.Symbol.Symbol);
        json.Append((byte)'"');
        Field(json, "priceChange"u8, change, scale);
        Field(json, "priceChangePercent"u8, Math.Round(day.Open == 0 ? 0 : change * 100 / day.Open, 3), 3);
        Field(json, "weightedAvgPrice"u8, Math.Round(day.Volume == 0 ? 0 : day.QuoteVolume / day.Volume, scale), scale);
        if (!usdm) Field(json, "prevClosePrice"u8, day.Open, scale);
        Field(json, "lastPrice"u8, day.Close, scale);
        Field(json, "lastQty"u8, day.LastQuantity, Scale);
        Field(json, "openPrice"u8, day.Open, scale);
        Field(json, "highPrice"u8, day.High, scale);
        Field(json, "lowPrice"u8, day.Low, scale);
        Field(json, "volume"u8, day.Volume, Scale);
        Field(json, "quoteVolume"u8, day.QuoteVolume, usdm ? 5 : 8);
        Number(json, ",\"openTime\":"u8, query.Time(nowUs - DayUs));
        Number(json, ",\"closeTime\":"u8, query.Time(nowUs));
        Number(json, ",\"firstId\":"u8, day.FirstId);
        Number(json, ",\"lastId\":"u8, day.LastId);
        Number(json, ",\"count\":"u8, day.Count);
        json.Append((byte)'}');
    }

    // The exchange writes all prices of a symbol with the same number of decimals.
    private int PriceScale(PassedTrades passed)
    {
        var tape = clock.Timeline.Tape;
        ref readonly var frame = ref tape[passed.Symbol.FrameOf[0]];
        var text = frame.Fields.Price.Of(tape.Bytes(frame));
        var point = text.IndexOf((byte)'.');
        return point < 0 ? 0 : text.Length - point - 1;
    }

    private static void Text(Utf8Buffer json, decimal value, int scale)
    {
        json.Append(",\""u8);
        QuantityText.Append(json, value, scale);
        json.Append((byte)'"');
    }

    private static void Field(Utf8Buffer json, ReadOnlySpan<byte> name, decimal value, int scale)
    {
        json.Append(",\""u8);
        json.Append(name);
        json.Append("\":\""u8);
        QuantityText.Append(json, value, scale);
        json.Append((byte)'"');
    }

    private static void Number(Utf8Buffer json, ReadOnlySpan<byte> name, long value)
    {
        json.Append(name);
        json.Append(value);
    }
}
