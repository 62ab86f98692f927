using System.Globalization;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Testing;

namespace Crypto.Query.Tests.Support;

/// <summary>The trades of a recording, read as plainly as can be.</summary>
internal static class RecordedTrades
{
    public static IReadOnlyList<Trade> Read(string file, string venue = Venues.Binance) =>
        [.. TestData.Frames(file).Select(frame => Parse(frame, venue)).OfType<Trade>()];

    private static Trade? Parse(string frame, string venue)
    {
        using var document = JsonDocument.Parse(frame);
        var data = document.RootElement.GetProperty("data");
        if (data.GetProperty("e").GetString() != "trade") return null;
        var price = Number(data, "p");
        if (price == 0) return null;
        var id = data.GetProperty("t").GetInt64();
        var time = data.GetProperty("T").GetInt64() * 1000;
        return new Trade(
            new Instrument(venue, data.GetProperty("s").GetString()!), id, id, price, Number(data, "q"), time,
            data.GetProperty("E").GetInt64() * 1000, time + 5000, data.GetProperty("m").GetBoolean(), TradeOrigin.Stream);
    }

    private static decimal Number(JsonElement data, string name) =>
        decimal.Parse(data.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
