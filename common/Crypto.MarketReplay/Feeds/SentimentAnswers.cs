using System.Globalization;
using System.Text.Json.Nodes;
using Crypto.Contracts;
using Microsoft.AspNetCore.Http;

namespace Crypto.MarketReplay.Feeds;

/// <summary>
/// alternative.me's <c>/fng/</c>: the recorded days, the newest of them today; numbers are strings, as they came.
/// </summary>
internal sealed class SentimentAnswers
{
    private const long DaySeconds = 24 * 3600;
    private readonly JsonObject _recorded = FeedSamples.Read("fear-greed.json").AsObject();

    public FeedAnswer Answer(IQueryCollection query, long marketTimeUs)
    {
        var days = _recorded["data"]!.AsArray();
        var limit = int.TryParse(query["limit"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 1;
        var now = marketTimeUs / UnixTime.MicrosecondsPerSecond;
        var today = now - now % DaySeconds;
        var shift = today - Time(days[0]!);
        var answer = _recorded.DeepClone().AsObject();
        var chosen = days.Take(limit == 0 ? days.Count : limit).Select(day => Moved(day!, shift)).ToArray();
        if (chosen.Length > 0) chosen[0]["time_until_update"] = Text(today + DaySeconds - now);
        answer["data"] = new JsonArray([.. chosen]);
        return FeedAnswer.Json(answer.ToJsonString(RelaxedJson.Options));
    }

    private static JsonNode Moved(JsonNode day, long shift)
    {
        var moved = day.DeepClone();
        moved["timestamp"] = Text(Time(day) + shift);
        return moved;
    }

    private static long Time(JsonNode day) => long.Parse((string)day["timestamp"]!, CultureInfo.InvariantCulture);

    private static string Text(long seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
