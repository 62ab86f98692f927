using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Aggregation.Reconciling;

/// <summary>The exchange's own candles, from an archive file or over REST.</summary>
public static class KlineSource
{
    private const int PageSize = 1000;

    /// <summary>All candles of a CSV file in Binance's archive format, with or without its header.</summary>
    /// <exception cref="FormatException">A line is no kline; the message names it.</exception>
    public static List<Kline> ReadCsv(string path)
    {
        var klines = new List<Kline>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0) continue;
            try
            {
                if (Kline.FromCsv(line) is { } kline) klines.Add(kline);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new FormatException($"{path}, line {number}: {e.Message}", e);
            }
        }
        return klines;
    }

    /// <summary>Candles that open from <paramref name="fromUs"/> to before <paramref name="toUs"/>.</summary>
    /// <exception cref="HttpRequestException">The exchange refuses or cannot be reached.</exception>
    public static async Task<List<Kline>> FetchAsync(
        HttpClient http, Uri market, Instrument instrument, Interval interval, long fromUs, long toUs, CancellationToken cancellation)
    {
        var path = instrument.Venue == Venues.BinanceUsdm ? "/fapi/v1/klines" : "/api/v3/klines";
        var klines = new List<Kline>();
        while (fromUs < toUs)
        {
            var query = $"{path}?symbol={instrument.Symbol}&interval={interval.Name}&startTime={fromUs / 1000}&endTime={(toUs - 1) / 1000}&limit={PageSize}";
            await using var answer = await http.GetStreamAsync(new Uri(market, query), cancellation).ConfigureAwait(false);
            using var json = await JsonDocument.ParseAsync(answer, cancellationToken: cancellation).ConfigureAwait(false);
            var page = json.RootElement.EnumerateArray().Select(Kline.FromJson).ToList();
            klines.AddRange(page);
            if (page.Count < PageSize) break;
            fromUs = page[^1].OpenTimeUs + interval.LengthUs;
        }
        return klines;
    }

    /// <summary>Where live candles are had without a key.</summary>
    public static Uri LiveMarket(string venue) =>
        new(venue == Venues.BinanceUsdm ? "https://fapi.binance.com" : "https://data-api.binance.vision");
}
