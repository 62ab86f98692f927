using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Testing;

namespace Crypto.Aggregation.Tests.Reference;

/// <summary>The trades of a recording, read with System.Text.Json's document reader and nothing of ours.</summary>
public static class RecordedTrades
{
    public static List<Trade> Read(string file, string venue)
    {
        var trades = new List<Trade>();
        foreach (var frame in TestData.Frames(file))
        {
            using var document = JsonDocument.Parse(frame);
            var data = document.RootElement.GetProperty("data");
            if (data.GetProperty("e").GetString() != "trade") continue;
            var timeUs = Microseconds(data.GetProperty("T").GetInt64());
            var id = data.GetProperty("t").GetInt64();
            trades.Add(new Trade(
                new Instrument(venue, data.GetProperty("s").GetString()!), id, id, Number(data, "p"), Number(data, "q"),
                timeUs, Microseconds(data.GetProperty("E").GetInt64()), timeUs, data.GetProperty("m").GetBoolean(), TradeOrigin.Stream));
        }
        return trades;
    }

    private static decimal Number(JsonElement data, string name) =>
        decimal.Parse(data.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    // Recordings hold milliseconds or microseconds.
    private static long Microseconds(long time) => time < 100_000_000_000_000 ? time * 1000 : time;
}
