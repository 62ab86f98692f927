using Crypto.Contracts;

namespace Crypto.Aggregation.Series;

/// <summary>A settled candle that got trades and must be computed anew from the stored trades.</summary>
/// <param name="Interval">The candle's length.</param>
/// <param name="OpenTimeUs">Its start.</param>
/// <param name="FirstId">The lowest late trade id.</param>
/// <param name="LastId">The highest.</param>
public readonly record struct Recomputation(Interval Interval, long OpenTimeUs, long FirstId, long LastId);

/// <summary>What a transaction does to the candles of one instrument, besides its dirty rows.</summary>
public sealed class CandleChanges
{
    /// <summary>Every row that was looked at; those that are dirty are written.</summary>
    public List<CandleRow> Rows { get; } = [];

    /// <summary>Settled candles as they were before a change.</summary>
    public List<Candle> Replaced { get; } = [];

    /// <summary>Candles to be computed anew.</summary>
    public List<Recomputation> Queued { get; } = [];

    /// <summary>Recomputations that are done.</summary>
    public List<Recomputation> Done { get; } = [];
}
