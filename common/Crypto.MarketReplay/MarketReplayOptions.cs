using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;

namespace Crypto.MarketReplay;

/// <summary>How a recorded exchange is served. Checked by <see cref="MarketReplayServer.StartAsync"/>.</summary>
public sealed class MarketReplayOptions
{
    /// <summary>Address to listen on.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on; 0 takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>Recording files, merged by receive time. Empty, with no <see cref="Sources"/>: the shipped sample.</summary>
    public IReadOnlyList<string> Recordings { get; set; } = [];

    /// <summary>Recordings that are no files, e.g. a <see cref="SyntheticMarket"/>; merged with the files.</summary>
    public IReadOnlyList<IRecordingSource> Sources { get; set; } = [];

    /// <summary>Recorded seconds per second; <see cref="double.PositiveInfinity"/> sends as fast as the clients read.</summary>
    public double Speed { get; set; } = 1;

    /// <summary>
    /// Null: <see cref="MarketClock.Original"/> for given recordings, <see cref="MarketClock.Now"/> for the sample.
    /// </summary>
    public MarketClock? Clock { get; set; }

    /// <summary>Null: the sample repeats, given recordings do not.</summary>
    public bool? Loop { get; set; }

    /// <summary>Which exchange is played; see <see cref="Venues"/>. It decides the paths and limits of the REST interface.</summary>
    public string Venue { get; set; } = Venues.Binance;

    /// <summary>Symbols to play; empty for all of the recordings.</summary>
    public IReadOnlyList<string> Symbols { get; set; } = [];

    /// <summary>
    /// A clock that starts on demand starts when every symbol is subscribed to, or this long after the first subscription.
    /// </summary>
    public TimeSpan StartGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a connection is pinged; Binance: 20 s.</summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection without a pong for so long is dropped; Binance: 60 s.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection may live; Binance: 24 h.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A client that falls so far behind the clock is dropped; at maximum speed the clock waits for it instead.</summary>
    public TimeSpan SlowClientTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Messages that a client may send per second, pings and pongs included; 0 for no limit. Binance: 5.</summary>
    public int MessagesPerSecond { get; set; } = 5;

    /// <summary>New connections per five minutes and address; 0 for no limit. Binance: 300.</summary>
    public int ConnectionsPerFiveMinutes { get; set; } = 300;

    /// <summary>
    /// Request weight per minute and address, beyond which REST answers 429; 0 only counts, null is <see cref="WeightLimitOf"/>
    /// the venue.
    /// </summary>
    public int? WeightPerMinute { get; set; }

    /// <summary>Whether <c>historicalTrades</c> asks for an <c>X-MBX-APIKEY</c>, as USD-M does; any key will do.</summary>
    public bool RequiresApiKey { get; set; }

    /// <summary>A bad day: a scenario's file, or a number that makes one; null for peace. See <c>docs/recordings.md</c>.</summary>
    public string? Scenario { get; set; }

    /// <summary>Wall time.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>
    /// The instant at which turn 0 of a loop on the present clock began; with it the exchange is a pure function of wall time.
    /// </summary>
    public static DateTimeOffset LoopEpoch { get; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal bool PlaysSample => Recordings.Count == 0 && Sources.Count == 0;

    internal MarketClock EffectiveClock => Clock ?? (PlaysSample ? MarketClock.Now : MarketClock.Original);

    // The sample on the original clock is played once, like any recording.
    internal bool EffectiveLoop => Loop ?? (PlaysSample && EffectiveClock == MarketClock.Now);

    /// <exception cref="FatalException">A setting cannot be; the message names it and what to do.</exception>
    internal void Validate()
    {
        if (!Venues.All.Contains(Venue))
            throw new FatalException($"The venue {Venue} is unknown; choose one of {string.Join(", ", Venues.All.Order())}.");
        if (double.IsNaN(Speed) || Speed <= 0)
            throw new FatalException($"The speed {Speed} is not positive; choose 1, another factor, or max.");
        if (EffectiveClock == MarketClock.Now && Speed != 1)
            throw new FatalException($"The clock now runs at speed 1, not {Speed}; choose --clock original for another speed.");
        if (Port is < 0 or > ushort.MaxValue) throw new FatalException($"The port {Port} does not exist; choose 0 to 65535.");
        foreach (var symbol in Symbols)
            if (!Instrument.TryParse(symbol, Venue, out _)) throw new FatalException($"'{symbol}' is no symbol; write it like BTCUSDT.");
    }

    /// <summary>A venue's own limit of request weight per minute and address: 6000 at spot, 2400 at USD-M.</summary>
    public static int WeightLimitOf(string venue) => venue == Venues.BinanceUsdm ? 2400 : 6000;
}
