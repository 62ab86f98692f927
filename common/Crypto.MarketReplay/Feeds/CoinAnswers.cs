using System.Globalization;
using System.Text.Json.Nodes;
using Crypto.Contracts;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Feeds;

/// <summary>CoinGecko's <c>/coins/markets</c>: the recorded rows, those asked for, last updated in the present minute.</summary>
internal sealed class CoinAnswers
{
    private const string LastUpdated = "last_updated";
    private const int MostPerPage = 250;
    private readonly JsonArray _rows = FeedSamples.Read("coins-markets.json").AsArray();

    public FeedAnswer Answer(IQueryCollection query, long marketTimeUs)
    {
        if (query["vs_currency"].ToString() is not "usd" and var currency)
            return FeedAnswer.Json(
                currency.Length == 0 ? "{\"error\":\"Missing parameter vs_currency\"}" : "{\"error\":\"invalid vs_currency\"}",
                currency.Length == 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status400BadRequest);
        var ids = query["ids"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var page = Number(query["page"].ToString(), 1, int.MaxValue);
        var perPage = Number(query["per_page"].ToString(), 100, MostPerPage);
        var shift = Shift(marketTimeUs);
        var chosen = _rows.Select(r => r!.AsObject())
            .Where(r => ids.Length == 0 || ids.Contains((string)r["id"]!, StringComparer.Ordinal))
            .Skip((page - 1) * perPage).Take(perPage)
            .Select(r => Moved(r, shift));
        return FeedAnswer.Json(new JsonArray([.. chosen]).ToJsonString(RelaxedJson.Options));
    }

    private static int Number(string text, int byDefault, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? Math.Min(value, most) : byDefault;

    private static JsonNode Moved(JsonObject row, TimeSpan shift)
    {
        var moved = row.DeepClone().AsObject();
        if (UpdatedAt(row) is { } time) moved[LastUpdated] = (time + shift).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return moved;
    }

    // The newest row was updated at the beginning of the present minute; whole minutes let a client's cache work.
    private TimeSpan Shift(long marketTimeUs)
    {
        var newest = _rows.Max(r => UpdatedAt(r!.AsObject()));
        var minute = UnixTime.ToDateTime(marketTimeUs - marketTimeUs % (60 * UnixTime.MicrosecondsPerSecond));
        return newest is { } time ? minute - time : TimeSpan.Zero;
    }

    private static DateTime? UpdatedAt(JsonObject row) =>
        DateTime.TryParse(
            (string?)row[LastUpdated], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
