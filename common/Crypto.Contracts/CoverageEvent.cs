namespace Crypto.Contracts;

/// <summary>What a <see cref="CoverageEvent"/> says of its ids.</summary>
public enum CoverageKind : byte
{
    /// <summary>The ids exist but are no trades (a zero-price frame); they count as covered.</summary>
    Void,

    /// <summary>The ids are missing.</summary>
    GapFound,

    /// <summary>The ids of an earlier gap have been published.</summary>
    GapRepaired,

    /// <summary>The ids of an earlier gap cannot be had; the reason says why.</summary>
    GapRefused,
}

/// <summary>One event of <c>crypto.coverage</c>: a range of trade ids that is void, missing, repaired or refused.</summary>
/// <param name="Instrument">Venue and symbol.</param>
/// <param name="Kind">What the event says of the ids.</param>
/// <param name="FirstTradeId">First id, inclusive.</param>
/// <param name="LastTradeId">Last id, inclusive.</param>
/// <param name="Reason">The cause, in words: <c>reconnect</c>, <c>restart</c>, <c>skipped</c>, <c>zero price</c>, ...</param>
/// <param name="TimeUs">When it was noticed, microseconds since the Unix epoch.</param>
public readonly record struct CoverageEvent(
    Instrument Instrument, CoverageKind Kind, long FirstTradeId, long LastTradeId, string Reason, long TimeUs);
