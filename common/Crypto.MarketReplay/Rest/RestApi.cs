using System.Collections.Concurrent;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Scenarios;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Rest;

/// <summary>The exchange's REST interface: <c>/api/v3</c> at spot, <c>/fapi/v1</c> at USD-M.</summary>
internal sealed class RestApi(ReplayClock clock, MarketReplayOptions options, RequestFaults faults)
{
    private readonly bool _usdm = options.Venue == Venues.BinanceUsdm;
    private readonly RequestWeight _weight = new(options.WeightPerMinute ?? MarketReplayOptions.WeightLimitOf(options.Venue), options.Time);
    private readonly TradeAnswers _trades = new(clock, options.Venue == Venues.BinanceUsdm);
    private readonly KlineAnswers _klines = new(clock, options.Venue == Venues.BinanceUsdm);
    private readonly ExchangeInfo _info = new(clock, options.Venue == Venues.BinanceUsdm);

    private readonly ConcurrentBag<Utf8Buffer> _buffers = [];

    private string Root => _usdm ? "/fapi/v1/" : "/api/v3/";

    /// <summary>Answers the request; false where the path is none of the exchange's.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext context, CancellationToken stopping)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(Root, StringComparison.Ordinal)) return false;
        var endpoint = path[Root.Length..];
        if (WeightOf(endpoint, context.Request.Query) is not { } weight) return false;
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            await RespondAsync(context, StatusCodes.Status405MethodNotAllowed, default).ConfigureAwait(false);
            return true;
        }
        if (await faults.TryMeetAsync(context, handshake: false, stopping).ConfigureAwait(false)) return true;
        // Answers of a thousand rows are too large to be made anew each time.
        if (!_buffers.TryTake(out var json)) json = new Utf8Buffer(16 * 1024);
        var status = StatusCodes.Status200OK;
        try
        {
            json.Clear();
            _weight.Spend(context, weight);
            if (options.RequiresApiKey && endpoint == "historicalTrades" && string.IsNullOrEmpty(context.Request.Headers["X-MBX-APIKEY"]))
                throw new BinanceErrorException(StatusCodes.Status401Unauthorized, -2014, "API-key format invalid.");
            Answer(endpoint, new RestQuery(context, clock.Timeline.Tape, _usdm), json, context.RequestAborted);
        }
        catch (BinanceErrorException e)
        {
            status = e.Status;
            json.Clear();
            json.Append("{\"code\":"u8);
            json.Append(e.Code);
            json.Append(",\"msg\":"u8);
            json.Append(JsonSerializer.SerializeToUtf8Bytes(e.Message, RelaxedJson.Options));
            json.Append((byte)'}');
        }
        await RespondAsync(context, status, json.WrittenMemory).ConfigureAwait(false);
        _buffers.Add(json);
        return true;
    }

    private void Answer(string endpoint, RestQuery query, Utf8Buffer json, CancellationToken cancellationToken)
    {
        switch (endpoint)
        {
            case "ping":
                json.Append("{}"u8);
                break;
            case "time":
                json.Append("{\"serverTime\":"u8);
                json.Append(query.Time(clock.MarketTimeUs));
                json.Append((byte)'}');
                break;
            case "trades": _trades.Recent(query, json); break;
            case "historicalTrades": _trades.Historical(query, json); break;
            case "aggTrades": _trades.Aggregates(query, json); break;
            case "klines": _klines.Klines(query, json, cancellationToken); break;
            case "ticker/24hr": _klines.Ticker(query, json); break;
            default:
                using (var bytes = new MemoryStream())
                {
                    using (var writer = new Utf8JsonWriter(bytes)) _info.Write(query, writer);
                    json.Append(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
                }
                break;
        }
    }

    // The weights of Binance's documentation; null for an unknown endpoint.
    private int? WeightOf(string endpoint, IQueryCollection query) => endpoint switch
    {
        "ping" or "time" => 1,
        "exchangeInfo" => _usdm ? 1 : 20,
        "trades" => _usdm ? 5 : 25,
        "historicalTrades" => _usdm ? 20 : 25,
        "aggTrades" => _usdm ? 20 : 4,
        "klines" => _usdm ? KlinesWeight(query["limit"].ToString()) : 2,
        "ticker/24hr" => query.ContainsKey("symbol") ? _usdm ? 1 : 2 : TickersWeight(query["symbols"].ToString()),
        _ => null,
    };

    private static int KlinesWeight(string limit) =>
        !int.TryParse(limit, out var rows) ? 5 : rows switch { < 100 => 1, < 500 => 2, <= 1000 => 5, _ => 10 };

    private int TickersWeight(string symbols)
    {
        if (_usdm) return 40;
        var count = symbols.Length == 0 ? int.MaxValue : symbols.Count(c => c == ',') + 1;
        return count switch { <= 20 => 2, <= 100 => 40, _ => 80 };
    }

    private static async Task RespondAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json;charset=UTF-8";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
