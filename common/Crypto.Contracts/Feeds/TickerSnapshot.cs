using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>One event of <c>crypto.tickers</c>, key symbol: the rolling 24 hours of an instrument. Decimals are strings.</summary>
/// <param name="TimestampUtc">When the exchange computed it.</param>
/// <param name="Symbol">E.g. <c>BTCUSDT</c>.</param>
/// <param name="LastPrice">Quote asset per unit of base asset.</param>
/// <param name="PriceChangePercent">Against 24 hours before, in percent.</param>
/// <param name="Volume">Base asset.</param>
/// <param name="Source">The venue, see <see cref="Venues"/>.</param>
public sealed record TickerSnapshot(
    [property: JsonPropertyName("timestamp_utc")] DateTimeOffset TimestampUtc,
    string Symbol, string LastPrice, string PriceChangePercent, string Volume, string Source) : IFeedEvent
{
    [JsonIgnore]
    public string Key => Symbol;

    public string? Fault() =>
        Symbol.Length is 0 or > 32 ? "symbol is empty or longer than 32"
        : !PlainNumber.IsValid(LastPrice) || LastPrice.StartsWith('-') ? "lastPrice is no decimal, or negative"
        : !PlainNumber.IsValid(PriceChangePercent) ? "priceChangePercent is no decimal"
        : !PlainNumber.IsValid(Volume) || Volume.StartsWith('-') ? "volume is no decimal, or negative"
        : !Venues.All.Contains(Source) ? "source is unknown"
        : null;
}
