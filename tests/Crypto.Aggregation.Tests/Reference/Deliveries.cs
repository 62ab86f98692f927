using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Reference;

/// <summary>
/// What an exchange may send of the same trades: each alone, or neighbours of one price as one aggregate, or both; in any
/// order, some of it twice, some of it only after its candles are final.
/// </summary>
/// <param name="Trades">Every trade alone: what must come out.</param>
/// <param name="InTime">What comes first.</param>
/// <param name="Late">What comes when everything is final.</param>
public sealed record Deliveries(IReadOnlyList<Trade> Trades, IReadOnlyList<Trade> InTime, IReadOnlyList<Trade> Late)
{
    /// <summary>Deliveries made from a seed, of trades of the instrument that begin at the time or soon after it.</summary>
    public static Deliveries Make(int seed, int count, long startUs, Instrument instrument)
    {
        var random = new Random(seed);
        var shiftUs = startUs - RandomTrades.StartUs;
        var trades = new List<Trade>();
        var (inTime, late) = (new List<Trade>(), new List<Trade>());
        foreach (var made in RandomTrades.Make(seed, count, meanStepUs: 12_000_000, aggregates: 0.3))
        {
            // The hour that the trades begin in is the caller's; where in it they begin does not matter.
            var aggregate = made with
            {
                Instrument = instrument,
                TradeTimeUs = made.TradeTimeUs + shiftUs,
                EventTimeUs = made.EventTimeUs + shiftUs,
                ReceivedTimeUs = made.ReceivedTimeUs + shiftUs,
                Quantity = made.Quantity * made.Count,
            };
            var alone = Enumerable.Range(0, (int)made.Count)
                .Select(i => aggregate with { TradeId = made.TradeId + i, LastTradeId = made.TradeId + i, Quantity = made.Quantity }).ToList();
            trades.AddRange(alone);
            List<Trade> sent = random.Next(3) switch { 0 => [aggregate], 1 => alone, _ => [aggregate, .. alone] };
            (random.Next(5) == 0 ? late : inTime).AddRange(sent);
        }
        return new Deliveries(trades, RandomTrades.Disturb(inTime, seed + 1), RandomTrades.Disturb(late, seed + 2));
    }
}
