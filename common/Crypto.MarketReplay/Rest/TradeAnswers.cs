using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Tapes;

namespace Crypto.MarketReplay.Rest;

/// <summary><c>trades</c>, <c>historicalTrades</c> and <c>aggTrades</c>.</summary>
internal sealed class TradeAnswers(ReplayClock clock, bool usdm)
{
    private readonly Tape _tape = clock.Timeline.Tape;

    /// <summary>The newest trades, oldest first.</summary>
    public void Recent(RestQuery query, Utf8Buffer json) => Newest(query, json, Passed(query), query.Limit(500, 1000));

    /// <summary>Trades from an id on; without one the newest.</summary>
    public void Historical(RestQuery query, Utf8Buffer json)
    {
        var passed = Passed(query);
        var limit = query.Limit(usdm ? 100 : 500, usdm ? 500 : 1000);
        if (query.Long("fromId") is not { } fromId) Newest(query, json, passed, limit);
        else Append(query, json, passed, passed.SequenceOf(fromId), limit);
    }

    public void Aggregates(RestQuery query, Utf8Buffer json)
    {
        var passed = Passed(query);
        var limit = query.Limit(500, 1000);
        var (fromId, fromUs, toUs) = (query.Long("fromId"), query.TimeUs("startTime"), query.TimeUs("endTime"));
        if (fromId is not null && (fromUs is not null || toUs is not null)) throw BinanceErrorException.BadCombination();
        if (fromUs > toUs) throw BinanceErrorException.BadCombination();
        var sequences = fromId is { } id ? Forward(passed, Math.Max(0, id - 1))
            : fromUs is { } from ? InTime(passed, from, toUs ?? long.MaxValue)
            : Backward(passed, toUs ?? long.MaxValue, limit);
        json.Append((byte)'[');
        var count = 0;
        foreach (var sequence in sequences.Take(limit)) AppendAggregate(query, json, passed, sequence, ref count);
        json.Append((byte)']');
    }

    private PassedTrades Passed(RestQuery query) => new(clock.Timeline, query.Symbol(), clock.Position);

    private void Newest(RestQuery query, Utf8Buffer json, PassedTrades passed, int limit)
    {
        var start = passed.End;
        for (var found = 0; start > 0 && found < limit;)
            if (passed.TryGet(--start, out _)) found++;
        Append(query, json, passed, start, limit);
    }

    private void Append(RestQuery query, Utf8Buffer json, PassedTrades passed, long start, int limit)
    {
        json.Append((byte)'[');
        var count = 0;
        for (var sequence = start; sequence < passed.End && count < limit; sequence++)
        {
            if (!passed.TryGet(sequence, out var trade)) continue;
            if (count++ > 0) json.Append((byte)',');
            Append(query, json, passed.Symbol, trade);
        }
        json.Append((byte)']');
    }

    private void Append(RestQuery query, Utf8Buffer json, SymbolTape symbol, in PassedTrade trade)
    {
        ref readonly var frame = ref _tape[symbol.FrameOf[trade.Rank]];
        var bytes = _tape.Bytes(frame);
        json.Append("{\"id\":"u8);
        json.Append(trade.Id);
        json.Append(",\"price\":\""u8);
        json.Append(frame.Fields.Price.Of(bytes));
        json.Append("\",\"qty\":\""u8);
        json.Append(frame.Fields.Quantity.Of(bytes));
        json.Append("\",\"quoteQty\":\""u8);
        // Eight decimals at spot, as many as the product needs at USD-M.
        json.AppendE8(symbol.QuoteE8[trade.Rank], trim: usdm);
        json.Append("\",\"time\":"u8);
        json.Append(query.Time(trade.TimeUs));
        json.Append(symbol.IsBuyerMaker[trade.Rank] ? ",\"isBuyerMaker\":true"u8 : ",\"isBuyerMaker\":false"u8);
        json.Append(usdm ? "}"u8 : ",\"isBestMatch\":true}"u8);
    }

    private void AppendAggregate(RestQuery query, Utf8Buffer json, PassedTrades passed, long sequence, ref int count)
    {
        if (!passed.TryGetAggregate(sequence, out var turn, out var aggregate)) return;
        if (count++ > 0) json.Append((byte)',');
        var symbol = passed.Symbol;
        ref readonly var frame = ref _tape[symbol.FrameOf[aggregate.FirstRank]];
        var bytes = _tape.Bytes(frame);
        json.Append("{\"a\":"u8);
        json.Append(sequence + 1);
        json.Append(",\"p\":\""u8);
        json.Append(frame.Fields.Price.Of(bytes));
        json.Append("\",\"q\":\""u8);
        if (aggregate.FirstRank == aggregate.LastRank) json.Append(frame.Fields.Quantity.Of(bytes));
        else QuantityText.Append(json, aggregate.Quantity, frame.Fields.Quantity.Of(bytes));
        json.Append("\",\"f\":"u8);
        json.Append(symbol.Ids[aggregate.FirstRank] + turn * symbol.Stride);
        json.Append(",\"l\":"u8);
        json.Append(symbol.Ids[aggregate.LastRank] + turn * symbol.Stride);
        json.Append(",\"T\":"u8);
        json.Append(query.Time(symbol.TimeUs[aggregate.FirstRank] + clock.Timeline.TimeShiftUs(turn)));
        json.Append(symbol.IsBuyerMaker[aggregate.FirstRank] ? ",\"m\":true"u8 : ",\"m\":false"u8);
        json.Append(usdm ? "}"u8 : ",\"M\":true}"u8);
    }

    private static IEnumerable<long> Forward(PassedTrades passed, long start)
    {
        for (var sequence = start; sequence < passed.AggregateEnd; sequence++)
            if (passed.TryGetAggregate(sequence, out _, out _)) yield return sequence;
    }

    private IEnumerable<long> InTime(PassedTrades passed, long fromUs, long toUs)
    {
        foreach (var sequence in Forward(passed, passed.AggregateTurnStartAt(fromUs)))
        {
            var timeUs = AggregateTimeUs(passed, sequence);
            if (timeUs >= fromUs && timeUs <= toUs) yield return sequence;
            if (passed.TurnIsAfter(sequence, passed.Symbol.Aggregates.Length, toUs)) yield break;
        }
    }

    private List<long> Backward(PassedTrades passed, long toUs, int limit)
    {
        var newest = new List<long>(limit);
        // A turn begins after the one before ended, so that the search may begin with the turn of the end time.
        var end = toUs == long.MaxValue
            ? passed.AggregateEnd
            : Math.Min(passed.AggregateEnd, passed.AggregateTurnStartAt(toUs) + passed.Symbol.Aggregates.Length);
        for (var sequence = end - 1; sequence >= 0 && newest.Count < limit; sequence--)
            if (passed.TryGetAggregate(sequence, out _, out _) && AggregateTimeUs(passed, sequence) <= toUs) newest.Add(sequence);
        newest.Reverse();
        return newest;
    }

    private long AggregateTimeUs(PassedTrades passed, long sequence)
    {
        passed.TryGetAggregate(sequence, out var turn, out var aggregate);
        return passed.Symbol.TimeUs[aggregate.FirstRank] + clock.Timeline.TimeShiftUs(turn);
    }
}
