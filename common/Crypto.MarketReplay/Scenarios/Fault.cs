namespace Crypto.MarketReplay.Scenarios;

/// <summary>What goes wrong.</summary>
public enum FaultKind : byte
{
    /// <summary>The next <see cref="Fault.Frames"/> frames are not sent; REST has them.</summary>
    Skip,

    /// <summary>The next frames are sent twice.</summary>
    Repeat,

    /// <summary>The next frames are sent in another order.</summary>
    Reorder,

    /// <summary>The connection is cut without a word.</summary>
    Drop,

    /// <summary>The connection is cut in the middle of a frame.</summary>
    Tear,

    /// <summary>The connection is closed properly.</summary>
    Close,

    /// <summary>The connection stays open and says nothing, not even a ping, for <see cref="Fault.For"/>; what passes meanwhile is lost to it.</summary>
    Silence,

    /// <summary>The exchange announces its shutdown and closes the connection after <see cref="Fault.For"/>.</summary>
    Shutdown,

    /// <summary>A message that is no event is sent.</summary>
    Garbage,

    /// <summary>A message of <see cref="Fault.Bytes"/> bytes is sent.</summary>
    Oversized,

    /// <summary>The next <see cref="Fault.Requests"/> REST requests are answered with <see cref="Fault.Status"/>.</summary>
    Status,

    /// <summary>The next REST requests are not answered for <see cref="Fault.For"/>, then cut.</summary>
    Timeout,

    /// <summary>The next REST answers break off in the middle.</summary>
    Cut,

    /// <summary>The next websocket handshakes are answered with <see cref="Fault.Status"/>.</summary>
    Refuse,
}

/// <summary>One thing that goes wrong at one place of the recording. It happens to every connection that comes by.</summary>
public sealed record Fault
{
    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>Where: frames since the beginning of the replay.</summary>
    public long? Frame { get; init; }

    /// <summary>Where, by recorded time since the beginning of the replay, instead of <see cref="Frame"/>.</summary>
    public TimeSpan? At { get; init; }

    /// <summary>How many frames it concerns, at most 1000.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Only frames of, or connections with, this symbol; null for all.</summary>
    public string? Symbol { get; init; }

    /// <summary>How long it lasts, wall time.</summary>
    public TimeSpan For { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many requests or handshakes it concerns.</summary>
    public int Requests { get; init; } = 1;

    /// <summary>Which requests: those whose path begins so, e.g. <c>/coingecko</c>; null for the exchange's REST interface.</summary>
    public string? Path { get; init; }

    /// <summary>HTTP status: 429, 418, 451, 403, 500, 502, 503, ...</summary>
    public int Status { get; init; } = 503;

    /// <summary>The <c>Retry-After</c> of a 429 or 418, in seconds.</summary>
    public int RetryAfter { get; init; } = 1;

    /// <summary>Length of an oversized message.</summary>
    public int Bytes { get; init; } = 2_000_000;

    /// <summary>The text of a garbage message; null for one of a collection.</summary>
    public string? Text { get; init; }

    /// <summary>True for what happens to REST requests and handshakes rather than to streams.</summary>
    internal bool ConcernsRequests => Kind is FaultKind.Status or FaultKind.Timeout or FaultKind.Cut or FaultKind.Refuse;

    /// <summary>What is wrong with the fault itself, or null.</summary>
    internal string? Problem() =>
        Frame is null == At is null ? "needs either frame or at"
        : Frame < 0 || At < TimeSpan.Zero ? "lies before the beginning"
        : Frames is < 1 or > 1000 ? "frames is not 1 to 1000"
        : Requests < 1 ? "requests is less than 1"
        : Status is < 400 or > 599 ? "status is not 400 to 599"
        : For < TimeSpan.Zero || For > TimeSpan.FromHours(1) ? "for is not 0 to 1h"
        : Bytes is < 1 or > 64_000_000 ? "bytes is not 1 to 64000000"
        : RetryAfter < 0 ? "retryAfter is negative"
        : null;
}
