using Crypto.Aggregation.Analytics.Signals;
using Crypto.Contracts;

namespace Crypto.Aggregation.Replaying;

/// <summary>What a replay of one instrument found.</summary>
public sealed class ReplayResult
{
    /// <summary>Trades folded.</summary>
    public long Trades { get; init; }

    /// <summary>Candles rebuilt.</summary>
    public List<Candle> Candles { get; } = [];

    /// <summary>What was computed from them, as warm as the live ones: with the live candles before the span.</summary>
    public List<Signal> Signals { get; } = [];

    /// <summary>How many of the signals have a live one of the same candle beside them; the others are not computed live yet.</summary>
    public int SignalsCompared { get; internal set; }

    /// <summary>What is out of the ordinary in the candles.</summary>
    public List<Alert> Alerts { get; } = [];

    /// <summary>Candles that began before the source does: no difference.</summary>
    public int NotCovered { get; internal set; }

    /// <summary>Lines of candles and signals that the live ones do not have, after +, and lines that only they have, after -.</summary>
    public List<string> Differences { get; } = [];

    internal void Differ(IEnumerable<string> rebuilt, IEnumerable<string> live)
    {
        var (ours, theirs) = (rebuilt.ToHashSet(), live.ToHashSet());
        Differences.AddRange(ours.Except(theirs).Select(line => $"+ {line}"));
        Differences.AddRange(theirs.Except(ours).Select(line => $"- {line}"));
    }
}
