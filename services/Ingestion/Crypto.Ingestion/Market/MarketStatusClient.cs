using System.Net;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Ingestion.Exchange;

namespace Crypto.Ingestion.Market;

/// <summary>Asks <c>/replay/status</c>, which a recorded exchange has and a live one has not.</summary>
public sealed class MarketStatusClient(HttpClient http, ExchangeEndpoints endpoints, string venue)
{
    /// <summary>What the market is.</summary>
    /// <exception cref="ExchangeUnavailableException">Nobody answers, or with nonsense.</exception>
    /// <exception cref="FatalException">It plays another venue than the one that is configured.</exception>
    public async Task<MarketState> AskAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await http.GetAsync($"{endpoints.Rest}/replay/status", cancellation).ConfigureAwait(false);
            // A live exchange does not know the path; some gateways refuse it by other means.
            if ((int)response.StatusCode is >= 400 and < 500 and not (int)HttpStatusCode.TooManyRequests) return MarketState.Live(venue);
            if (!response.IsSuccessStatusCode)
                throw new ExchangeUnavailableException($"{endpoints.Rest} answers {(int)response.StatusCode}");
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return Read(body);
        }
        catch (Exception e) when (HttpFailure.Is(e) || e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} does not say what it is: {e.Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} does not answer", inner: e);
        }
    }

    private MarketState Read(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var status = document.RootElement;
        var clock = Text(status, "clock") == "original" ? MarketClock.Original : MarketClock.Now;
        var source = new MarketSource(Text(status, "market"), Text(status, "venue"), Text(status, "recording"), clock);
        if (source.Venue != venue)
            throw new FatalException(
                $"Ingestion:Venue is {venue}, but the market at {endpoints.Rest} plays {source.Venue}: set --venue {source.Venue}");
        var symbols = status.GetProperty("symbols").EnumerateArray().Select(s => s.GetString() ?? "").ToArray();
        return new MarketState(source, Text(status, "state"), symbols);
    }

    private static string Text(JsonElement status, string name) => status.GetProperty(name).GetString() ?? "";
}
