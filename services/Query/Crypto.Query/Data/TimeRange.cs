using Crypto.Contracts;

namespace Crypto.Query.Data;

/// <summary>A span of time in microseconds since the Unix epoch: from inclusive, to exclusive; null is open.</summary>
public readonly record struct TimeRange(long? FromUs, long? ToUs)
{
    public static readonly TimeRange Everything;

    /// <summary>The bounds for a <c>timestamptz</c> comparison; an open one is infinity.</summary>
    public DateTime From => FromUs is { } us ? UnixTime.ToDateTime(us) : DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);

    /// <inheritdoc cref="From"/>
    public DateTime To => ToUs is { } us ? UnixTime.ToDateTime(us) : DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
}
