namespace Crypto.Contracts;

/// <summary>How a recorded market tells time.</summary>
public enum MarketClock : byte
{
    /// <summary>Wall time: a live market, or a recording shifted to now.</summary>
    Now,

    /// <summary>The recording's own time: the newest event time, standing still when the recording ends.</summary>
    Original,
}

/// <summary>
/// Where the stored data come from. The store remembers it and refuses another, so that recorded and live never mix.
/// </summary>
/// <param name="Market"><c>live</c> or <c>recorded</c>.</param>
/// <param name="Venue">See <see cref="Venues"/>.</param>
/// <param name="Recording">Hash of the recordings and how they are played; empty when live.</param>
/// <param name="Clock">How the market tells time.</param>
public sealed record MarketSource(string Market, string Venue, string Recording, MarketClock Clock)
{
    public static MarketSource Live(string venue) => new("live", venue, "", MarketClock.Now);

    public override string ToString() =>
        Recording.Length == 0 ? $"{Market} {Venue}" : $"{Market} {Venue} ({Recording}, clock {Clock.ToString().ToLowerInvariant()})";
}
