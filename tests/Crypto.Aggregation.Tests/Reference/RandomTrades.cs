using Crypto.Contracts;

namespace Crypto.Aggregation.Tests.Reference;

/// <summary>Trades made from a seed: contiguous ids, times that pause, repeat and sometimes step back, some aggregates.</summary>
public static class RandomTrades
{
    public static readonly Instrument Btcusdt = new(Venues.Binance, "BTCUSDT");

    /// <summary>2024-08-09T00:00:00Z.</summary>
    public const long StartUs = 1_723_161_600_000_000;

    public static List<Trade> Make(int seed, int count, long meanStepUs = 700_000, double aggregates = 0.1)
    {
        var random = new Random(seed);
        var trades = new List<Trade>(count);
        var id = random.NextInt64(0, 1_000_000_000);
        var timeUs = StartUs + random.NextInt64(0, 3_600_000_000);
        var price = random.NextInt64(1, 10_000_000);
        for (var i = 0; i < count; i++)
        {
            var last = random.NextDouble() < aggregates ? id + random.Next(1, 5) : id;
            timeUs += random.Next(10) switch { 0 => -random.NextInt64(2000), < 5 => 0, _ => random.NextInt64(2 * meanStepUs) };
            price = Math.Max(1, price + random.NextInt64(-50, 51));
            trades.Add(new Trade(
                Btcusdt, id, last, new decimal(price) / 100m, new decimal(random.NextInt64(1, 1_000_000_000)) / 100_000m,
                timeUs, timeUs, timeUs, random.Next(2) == 0, TradeOrigin.Stream));
            id = last + 1;
        }
        return trades;
    }

    /// <summary>The same trades in another order, some of them several times.</summary>
    public static List<Trade> Disturb(IReadOnlyList<Trade> trades, int seed)
    {
        var random = new Random(seed);
        var disturbed = trades.Concat(trades.Where(_ => random.Next(4) == 0)).ToArray();
        random.Shuffle(disturbed);
        return [.. disturbed];
    }
}
