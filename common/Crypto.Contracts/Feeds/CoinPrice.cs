using System.Text.Json.Serialization;

namespace Crypto.Contracts.Feeds;

/// <summary>
/// One event of <c>crypto.prices.raw</c>, key coin id: a row of CoinGecko's <c>/coins/markets</c>, unique by coin, currency and
/// event time. Numbers are plain decimal strings, however CoinGecko wrote them, and null where it had none; some exceed
/// <see cref="decimal"/>, none exceeds PostgreSQL's numeric.
/// </summary>
public sealed record CoinPrice(
    string CoinId, string VsCurrency, DateTimeOffset TsEvent, string Symbol, string Name, string? CurrentPrice) : IFeedEvent
{
    public string? MarketCap { get; init; }

    public int? MarketCapRank { get; init; }

    public string? FullyDilutedValuation { get; init; }

    public string? TotalVolume { get; init; }

    [JsonPropertyName("high_24h")]
    public string? High24h { get; init; }

    [JsonPropertyName("low_24h")]
    public string? Low24h { get; init; }

    [JsonPropertyName("price_change_24h")]
    public string? PriceChange24h { get; init; }

    [JsonPropertyName("price_change_percentage_24h")]
    public string? PriceChangePercentage24h { get; init; }

    [JsonPropertyName("market_cap_change_24h")]
    public string? MarketCapChange24h { get; init; }

    [JsonPropertyName("market_cap_change_percentage_24h")]
    public string? MarketCapChangePercentage24h { get; init; }

    public string? CirculatingSupply { get; init; }

    public string? TotalSupply { get; init; }

    public string? MaxSupply { get; init; }

    public string? Ath { get; init; }

    public string? AthChangePercentage { get; init; }

    public DateTimeOffset? AthDate { get; init; }

    public string? Atl { get; init; }

    public string? AtlChangePercentage { get; init; }

    public DateTimeOffset? AtlDate { get; init; }

    [JsonIgnore]
    public string Key => CoinId;

    public string? Fault() =>
        CoinId.Length is 0 or > 128 ? "coin_id is empty or longer than 128"
        : VsCurrency.Length is 0 or > 16 ? "vs_currency is empty or longer than 16"
        : CurrentPrice is null ? "current_price is null"
        : Numbers().FirstOrDefault(n => n.Value is not null && !PlainNumber.IsValid(n.Value)) is { Name: not null } bad ? $"{bad.Name} is no decimal"
        : CurrentPrice.StartsWith('-') ? "current_price is negative"
        : null;

    /// <summary>The decimal fields under the names they have on the wire and in the store.</summary>
    public IEnumerable<(string Name, string? Value)> Numbers() =>
    [
        ("current_price", CurrentPrice), ("market_cap", MarketCap), ("fully_diluted_valuation", FullyDilutedValuation),
        ("total_volume", TotalVolume), ("high_24h", High24h), ("low_24h", Low24h), ("price_change_24h", PriceChange24h),
        ("price_change_percentage_24h", PriceChangePercentage24h), ("market_cap_change_24h", MarketCapChange24h),
        ("market_cap_change_percentage_24h", MarketCapChangePercentage24h), ("circulating_supply", CirculatingSupply),
        ("total_supply", TotalSupply), ("max_supply", MaxSupply), ("ath", Ath), ("ath_change_percentage", AthChangePercentage),
        ("atl", Atl), ("atl_change_percentage", AtlChangePercentage),
    ];
}
