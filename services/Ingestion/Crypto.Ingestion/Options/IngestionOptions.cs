using Crypto.Contracts;

namespace Crypto.Ingestion.Options;

/// <summary>What is ingested from where, and within which bounds. Section <c>Ingestion</c>.</summary>
public sealed class IngestionOptions
{
    public const string Section = "Ingestion";

    /// <summary><c>binance</c> (spot) or <c>binance-usdm</c>.</summary>
    public string Venue { get; set; } = Venues.Binance;

    /// <summary>Comma-separated. Empty: those of the recordings, or five well-known ones of a live market.</summary>
    public string Symbols { get; set; } = "";

    /// <summary>Base address of a recorded exchange, e.g. <c>http://127.0.0.1:8082</c>; both URLs below follow from it.</summary>
    public string MarketUrl { get; set; } = "";

    /// <summary>Base of the websocket streams, e.g. <c>wss://data-stream.binance.vision</c>. Empty: the venue's own.</summary>
    public string StreamUrl { get; set; } = "";

    /// <summary>Base of REST, e.g. <c>https://data-api.binance.vision</c>. Empty: the venue's own.</summary>
    public string RestUrl { get; set; } = "";

    /// <summary>Sent as <c>X-MBX-APIKEY</c>; USD-M asks for it on historicalTrades. No signature, no permission is needed.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary><c>millisecond</c> or <c>microsecond</c>: the unit of times asked from the exchange (spot only).</summary>
    public string TimeUnit { get; set; } = "millisecond";

    /// <summary>Missing trades older than this, in market time, are not fetched; the gap is recorded as refused.</summary>
    public TimeSpan RepairMax { get; set; } = TimeSpan.FromHours(2);

    /// <summary>
    /// <c>trades</c>: single trades where the exchange gives them; <c>aggregates</c>: aggregates from the start, which weigh a
    /// sixth at spot, but make several trades one record.
    /// </summary>
    public string RepairWith { get; set; } = "trades";

    /// <summary>How much history is fetched on the first start of a market whose clock runs; zero: none.</summary>
    public TimeSpan FirstStartBackfill { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a missing id may still come over the stream before it counts as a gap.</summary>
    public TimeSpan GapGrace { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a stream must be quiet before REST is believed that trades are missing: frames may still be in the socket.
    /// </summary>
    public TimeSpan QuietFor { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Without any frame for so long, REST is asked whether there should have been one.</summary>
    public TimeSpan SilenceAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Without any frame for so long, the role's health turns red.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the ledger is compared with what was published.</summary>
    public TimeSpan AuditEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection is replaced at this age, with overlap; the exchange ends it at 24 hours.</summary>
    public TimeSpan ConnectionMaxAge { get; set; } = TimeSpan.FromHours(23.5);

    /// <summary>How long the old and the new connection run side by side.</summary>
    public TimeSpan ConnectionOverlap { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>First and longest pause between two attempts to connect.</summary>
    public TimeSpan ReconnectPauseMin { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Five seconds, so that a minute's outage is repaired within ten of its end; the limit on connections is kept besides.
    /// </summary>
    public TimeSpan ReconnectPauseMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Streams of one connection; the exchange's limit is 1024.</summary>
    public int StreamsPerConnection { get; set; } = 1024;

    /// <summary>Records given to the producer and not yet acknowledged; past it the socket is read slower.</summary>
    public int InFlightMax { get; set; } = 20_000;

    /// <summary>When Kafka has taken nothing for so long, the stream is disconnected, and what it misses is repaired later.</summary>
    public TimeSpan HeldBackMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>REST weight per minute that may be used; zero: 80 % of the venue's limit.</summary>
    public int WeightPerMinute { get; set; }

    /// <summary>Repairs under way at once.</summary>
    public int RepairConcurrency { get; set; } = 4;

    /// <summary>One record in so many carries a <c>traceparent</c> header, while somebody listens; zero: none.</summary>
    public int TraceOneIn { get; set; } = 1000;
}
