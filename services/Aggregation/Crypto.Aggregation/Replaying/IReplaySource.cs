using Crypto.Aggregation.Folding;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>Where a replay has its trades from.</summary>
public interface IReplaySource
{
    /// <summary>
    /// The lowest trade id that the source can have of the instrument that was read last; candles with lower ids began before
    /// it does, and say nothing.
    /// </summary>
    long LowestId { get; }

    /// <summary>Ids that are void.</summary>
    Task<IdRanges> VoidsAsync(int id, Instrument instrument, CancellationToken cancellation);

    /// <summary>Trades of the span, each once, one at a time however many there are.</summary>
    IAsyncEnumerable<Trade> TradesAsync(int id, Instrument instrument, long fromUs, long toUs, CancellationToken cancellation);
}
