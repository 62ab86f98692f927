using Crypto.Query.Data;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/ohlc/{symbol}/revisions</c>.</summary>
internal sealed class RevisionEndpoints(MarketCatalog catalog, RevisionQueries queries)
{
    public async Task<IResult> RevisionsAsync(
        string symbol, string? interval, string? limit, string? from, string? to, CancellationToken cancellation)
    {
        var length = Parameters.Interval(interval);
        var count = Parameters.Limit(limit);
        var range = Parameters.Range(from, to);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var revisions = await queries.ReadAsync(instrument, length, range, count, cancellation);
        return new JsonAnswer(json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol", instrument.Name);
            json.WriteString("interval", length.Name);
            json.WriteStartArray("revisions");
            foreach (var revision in revisions)
            {
                json.WriteStartObject();
                json.WriteRow("replacedAt", revision.ReplacedAt);
                json.WritePropertyName("candle");
                RestJson.WriteCandle(json, revision.Candle, symbol: null);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
