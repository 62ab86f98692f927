using Crypto.Contracts;
using Crypto.Ingestion.Options;

namespace Crypto.Ingestion.Exchange;

/// <summary>Where a venue is reached and what its requests weigh.</summary>
/// <param name="Stream">Base of the websocket streams, without a trailing slash.</param>
/// <param name="Rest">Base of REST, without a trailing slash.</param>
/// <param name="ApiPath"><c>/api/v3</c> or <c>/fapi/v1</c>.</param>
/// <param name="WeightPerMinute">What this process may use of the venue's request weight.</param>
/// <param name="TradesWeight">Weight of <c>trades</c>.</param>
/// <param name="HistoricalTradesWeight">Weight of <c>historicalTrades</c>.</param>
/// <param name="AggTradesWeight">Weight of <c>aggTrades</c>.</param>
public sealed record ExchangeEndpoints(
    string Stream, string Rest, string ApiPath, int WeightPerMinute,
    int TradesWeight, int HistoricalTradesWeight, int AggTradesWeight)
{
    /// <summary>Trades of one answer: 1000 everywhere, but 500 of USD-M's historicalTrades.</summary>
    public int HistoricalTradesMax { get; init; } = 1000;

    /// <summary>Weight of <c>ticker/24hr</c> for all symbols.</summary>
    public int AllTickersWeight { get; init; } = 80;

    /// <summary>Whether <c>ticker/24hr</c> takes a list of symbols.</summary>
    public bool HasTickerList { get; init; } = true;

    /// <summary>Weight of <c>ticker/24hr</c> for so many symbols.</summary>
    public int TickersWeight(int symbols) => !HasTickerList ? AllTickersWeight : symbols switch
    {
        <= 20 => 2,
        <= 100 => 40,
        _ => AllTickersWeight,
    };

    public static ExchangeEndpoints For(IngestionOptions options)
    {
        var ofVenue = options.Venue == Venues.BinanceUsdm
            ? new ExchangeEndpoints("wss://fstream.binance.com", "https://fapi.binance.com", "/fapi/v1", 2400 * 8 / 10, 5, 20, 20)
            {
                HistoricalTradesMax = 500,
                AllTickersWeight = 40,
                HasTickerList = false,
            }
            : new ExchangeEndpoints("wss://stream.binance.com:9443", "https://api.binance.com", "/api/v3", 6000 * 8 / 10, 25, 25, 4);
        var market = options.MarketUrl.TrimEnd('/');
        if (market.Length > 0)
        {
            var stream = new UriBuilder(market) { Scheme = market.StartsWith("https", StringComparison.Ordinal) ? "wss" : "ws" };
            ofVenue = ofVenue with { Rest = market, Stream = stream.Uri.GetLeftPart(UriPartial.Authority) };
        }
        return ofVenue with
        {
            Stream = options.StreamUrl.Length > 0 ? options.StreamUrl.TrimEnd('/') : ofVenue.Stream,
            Rest = options.RestUrl.Length > 0 ? options.RestUrl.TrimEnd('/') : ofVenue.Rest,
            WeightPerMinute = options.WeightPerMinute > 0 ? options.WeightPerMinute : ofVenue.WeightPerMinute,
        };
    }
}
