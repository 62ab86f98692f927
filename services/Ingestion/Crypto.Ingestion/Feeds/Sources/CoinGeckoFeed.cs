using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Contracts.Feeds;

namespace Crypto.Ingestion.Feeds.Sources;

/// <summary>CoinGecko's <c>/coins/markets</c>, all assets in one call.</summary>
public sealed class CoinGeckoFeed(ConditionalClient client, string address, string ids, string currency, TimeSpan interval) : IFeed
{
    public FeedContract Contract { get; } = new("coingecko", Topics.PricesRaw, interval, interval * 3);

    public async Task<IReadOnlyList<FeedEvent>?> PollAsync(CancellationToken cancellation)
    {
        var query = $"?vs_currency={Uri.EscapeDataString(currency)}&ids={Uri.EscapeDataString(ids)}&per_page=250";
        var body = await client.GetAsync(address + query, cancellation).ConfigureAwait(false);
        return body is null ? null : Read(body, currency);
    }

    public void Accept() => client.Accept();

    /// <summary>Reads an answer: one event per coin. Nulls stay null; a row without a price or a time is bad.</summary>
    public static IReadOnlyList<FeedEvent> Read(byte[] body, string currency)
    {
        using var answer = JsonAnswer.Parse(body, "CoinGecko");
        return [.. JsonAnswer.Array(answer.RootElement, null, "CoinGecko").EnumerateArray().Select(row => ReadRow(row, currency))];
    }

    private static FeedEvent ReadRow(JsonElement row, string currency)
    {
        var original = row.GetRawText();
        if (row.Text("id") is not { } id || row.Text("symbol") is not { } symbol) return FeedEvent.Bad(original, "id or symbol is missing");
        if (Time(row, "last_updated") is not { } time) return FeedEvent.Bad(original, "last_updated is missing or no time");
        try
        {
            var price = new CoinPrice(id, currency, time, symbol, row.Text("name") ?? symbol, Number(row, "current_price"))
            {
                MarketCap = Number(row, "market_cap"),
                MarketCapRank = Number(row, "market_cap_rank") is { } rank && int.TryParse(rank, out var place) ? place : null,
                FullyDilutedValuation = Number(row, "fully_diluted_valuation"),
                TotalVolume = Number(row, "total_volume"),
                High24h = Number(row, "high_24h"),
                Low24h = Number(row, "low_24h"),
                PriceChange24h = Number(row, "price_change_24h"),
                PriceChangePercentage24h = Number(row, "price_change_percentage_24h"),
                MarketCapChange24h = Number(row, "market_cap_change_24h"),
                MarketCapChangePercentage24h = Number(row, "market_cap_change_percentage_24h"),
                CirculatingSupply = Number(row, "circulating_supply"),
                TotalSupply = Number(row, "total_supply"),
                MaxSupply = Number(row, "max_supply"),
                Ath = Number(row, "ath"),
                AthChangePercentage = Number(row, "ath_change_percentage"),
                AthDate = Time(row, "ath_date"),
                Atl = Number(row, "atl"),
                AtlChangePercentage = Number(row, "atl_change_percentage"),
                AtlDate = Time(row, "atl_date"),
            };
            return FeedEvent.Of(price, time, original);
        }
        catch (FormatException e)
        {
            return FeedEvent.Bad(original, e.Message);
        }
    }

    private static string? Number(JsonElement row, string name)
    {
        if (!row.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Number && PlainNumber.TryFromJson(value.GetRawText(), out var plain)) return plain;
        throw new FormatException($"{name} is no number that can be kept: {value.GetRawText()}");
    }

    private static DateTimeOffset? Time(JsonElement row, string name) =>
        DateTimeOffset.TryParse(row.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
