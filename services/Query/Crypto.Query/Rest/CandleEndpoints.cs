using Crypto.Query.Data;
using Crypto.Query.Live;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/ohlc</c>.</summary>
internal sealed class CandleEndpoints(MarketCatalog catalog, CandleBook book)
{
    /// <summary>The latest candles that open within the range, oldest first.</summary>
    public async Task<IResult> CandlesAsync(
        string symbol, string? interval, string? limit, string? from, string? to, CancellationToken cancellation)
    {
        var length = Parameters.Interval(interval);
        var count = Parameters.Limit(limit);
        var range = Parameters.Range(from, to);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var candles = await book.ReadAsync(instrument, length, range, count, cancellation);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol"u8, instrument.Name);
            json.WriteString("interval"u8, length.Name);
            json.WriteStartArray("candles"u8);
            foreach (var candle in candles) json.WriteRawValue(candle.Json.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
