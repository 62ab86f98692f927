using System.Globalization;
using System.Net;
using System.Text.Json;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Exchange;

/// <summary>
/// The few market-data requests that ingestion makes, within the weight budget. Failures are of three kinds:
/// <see cref="ExchangeUnavailableException"/>, <see cref="ExchangeRefusedException"/>, <see cref="ExchangeRequestException"/>.
/// </summary>
public sealed partial class BinanceRest(
    HttpClient http, ExchangeEndpoints endpoints, WeightBudget budget, string apiKey, bool isMicroseconds, ILogger<BinanceRest> logger)
{
    private static readonly TimeSpan RateLimitPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BanPause = TimeSpan.FromMinutes(2);

    public ExchangeEndpoints Endpoints => endpoints;

    /// <summary>The newest trade, or null where the symbol has none yet.</summary>
    public async Task<RestTrade?> NewestAsync(string symbol, CancellationToken cancellation) =>
        (await RowsAsync("trades", $"symbol={symbol}&limit=1", endpoints.TradesWeight, RestTrade.ReadTrades, cancellation)
            .ConfigureAwait(false)).LastOrDefault();

    /// <summary>Single trades from an id on, ascending.</summary>
    public Task<RestTrade[]> HistoricalTradesAsync(string symbol, long fromId, int limit, CancellationToken cancellation) =>
        RowsAsync("historicalTrades", Invariant($"symbol={symbol}&fromId={fromId}&limit={limit}"),
            endpoints.HistoricalTradesWeight, RestTrade.ReadTrades, cancellation);

    /// <summary>Aggregates of a span of time, ascending; at most 1000, and the exchange allows a span of one hour.</summary>
    public Task<RestTrade[]> AggregatesAsync(string symbol, long fromUs, long toUs, int limit, CancellationToken cancellation) =>
        RowsAsync("aggTrades", Invariant($"symbol={symbol}&startTime={fromUs / 1000}&endTime={toUs / 1000}&limit={limit}"),
            endpoints.AggTradesWeight, RestTrade.ReadAggregates, cancellation);

    /// <summary>The newest single trades, ascending; at most 1000.</summary>
    public Task<RestTrade[]> RecentAsync(string symbol, CancellationToken cancellation) =>
        RowsAsync("trades", $"symbol={symbol}&limit=1000", endpoints.TradesWeight, RestTrade.ReadTrades, cancellation);

    /// <summary>The newest aggregate, or null where the symbol has no trade yet.</summary>
    public async Task<RestTrade?> NewestAggregateAsync(string symbol, CancellationToken cancellation) =>
        (await RowsAsync("aggTrades", $"symbol={symbol}&limit=1", endpoints.AggTradesWeight, RestTrade.ReadAggregates, cancellation)
            .ConfigureAwait(false)).LastOrDefault();

    /// <summary>Aggregates from an aggregate's id on, ascending; at most 1000.</summary>
    public Task<RestTrade[]> AggregatesAsync(string symbol, long fromAggregateId, CancellationToken cancellation) =>
        RowsAsync("aggTrades", Invariant($"symbol={symbol}&fromId={fromAggregateId}&limit=1000"),
            endpoints.AggTradesWeight, RestTrade.ReadAggregates, cancellation);

    /// <summary>The newest trade id of every symbol of the venue, in one request.</summary>
    public async Task<IReadOnlyDictionary<string, long>> NewestIdsAsync(CancellationToken cancellation)
    {
        var body = await GetAsync("ticker/24hr", "", endpoints.AllTickersWeight, cancellation).ConfigureAwait(false);
        try
        {
            using var answer = JsonDocument.Parse(body);
            return answer.RootElement.EnumerateArray().ToDictionary(
                row => row.GetProperty("symbol").GetString() ?? "", row => row.GetProperty("lastId").GetInt64());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} answered ticker/24hr with nonsense: {e.Message}", inner: e);
        }
    }

    /// <summary>The 24-hour tickers as the exchange writes them: at spot of the symbols, where they are few, else of all of the venue.</summary>
    public Task<byte[]> TickersAsync(IReadOnlyList<string> symbols, CancellationToken cancellation)
    {
        var weight = endpoints.TickersWeight(symbols.Count);
        // USD-M has no list of symbols in this request. At spot all weigh no more than 101 of them.
        if (weight == endpoints.AllTickersWeight) return GetAsync("ticker/24hr", "", weight, cancellation);
        var list = string.Join(',', symbols.Select(symbol => $"\"{symbol}\""));
        return GetAsync("ticker/24hr", $"symbols={Uri.EscapeDataString($"[{list}]")}", weight, cancellation);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task<RestTrade[]> RowsAsync(
        string path, string query, int weight, Func<ReadOnlyMemory<byte>, RestTrade[]> read, CancellationToken cancellation)
    {
        var body = await GetAsync(path, query, weight, cancellation).ConfigureAwait(false);
        try
        {
            return read(body);
        }
        catch (JsonException e)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} answered {path} with nonsense: {e.Message}", inner: e);
        }
    }

    private async Task<byte[]> GetAsync(string path, string query, int weight, CancellationToken cancellation)
    {
        await budget.TakeAsync(weight, cancellation).ConfigureAwait(false);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{endpoints.Rest}{endpoints.ApiPath}/{path}?{query}");
        if (apiKey.Length > 0) request.Headers.Add("X-MBX-APIKEY", apiKey);
        if (isMicroseconds) request.Headers.Add("X-MBX-TIME-UNIT", "MICROSECOND");
        try
        {
            using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
            IngestionTelemetry.RestRequests.Add(1, new("path", path), new("status", (int)response.StatusCode));
            if (response.Headers.TryGetValues("X-MBX-USED-WEIGHT-1M", out var used) && int.TryParse(used.First(), out var weightUsed))
                budget.Correct(weightUsed);
            var body = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? body : throw Refusal(response, path, body);
        }
        catch (Exception e) when (HttpFailure.Is(e))
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} cannot be reached: {e.Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} did not answer {path} in time", inner: e);
        }
        catch (IOException e)
        {
            throw new ExchangeUnavailableException($"{endpoints.Rest} broke off its answer to {path}: {e.Message}", inner: e);
        }
    }

    private Exception Refusal(HttpResponseMessage response, string path, byte[] body)
    {
        var status = (int)response.StatusCode;
        var words = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200)));
        var retryAfter = response.Headers.RetryAfter?.Delta;
        switch (response.StatusCode)
        {
            case HttpStatusCode.TooManyRequests:
                budget.Block(retryAfter ?? RateLimitPause);
                Log.RateLimited(logger, path, retryAfter ?? RateLimitPause);
                return new ExchangeUnavailableException("the exchange's request limit is reached (429)", retryAfter ?? RateLimitPause);
            case (HttpStatusCode)418:
                budget.Block(retryAfter ?? BanPause);
                Log.Banned(logger, retryAfter ?? BanPause);
                return new ExchangeUnavailableException("this address is banned by the exchange for now (418)", retryAfter ?? BanPause);
            case HttpStatusCode.UnavailableForLegalReasons:
                return new ExchangeRefusedException(status,
                    $"{endpoints.Rest} does not serve this country (451): set Ingestion:RestUrl to https://data-api.binance.vision " +
                    "and Ingestion:StreamUrl to wss://data-stream.binance.vision, or run elsewhere");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                return new ExchangeRefusedException(status, $"the exchange refuses {path} ({status}): {words}. Set Ingestion:ApiKey");
            case >= HttpStatusCode.InternalServerError:
                return new ExchangeUnavailableException($"the exchange answered {path} with {status}: {words}", retryAfter);
            default:
                return new ExchangeRequestException(status, $"the exchange refuses {path} ({status}): {words}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The exchange's request limit is reached (429 for {Path}); no request for {Pause}")]
        public static partial void RateLimited(ILogger logger, string path, TimeSpan pause);

        [LoggerMessage(LogLevel.Error, "The exchange has banned this address for a while (418); no request for {Pause}. " +
            "Another program on this address may be using up the request weight: lower Ingestion:WeightPerMinute")]
        public static partial void Banned(ILogger logger, TimeSpan pause);
    }
}
