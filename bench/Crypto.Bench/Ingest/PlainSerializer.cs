using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crypto.Bench.Ingest;

/// <summary>What one would write first: frame to object, object to record, both with the reflection-based serializer.</summary>
internal static class PlainSerializer
{
    public static long Run(byte[][] frames, int rounds)
    {
        var done = 0L;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var frame in frames)
            {
                var trade = JsonSerializer.Deserialize<CombinedFrame>(frame)!.Data!;
                var record = new Record("binance", trade.Symbol!, trade.Id, trade.Price!, trade.Quantity!, trade.TradeTime * 1000,
                    trade.EventTime * 1000, trade.EventTime * 1000, trade.IsBuyerMaker, "stream");
                if (decimal.Parse(trade.Price!, CultureInfo.InvariantCulture) <= 0) continue;
                if (decimal.Parse(trade.Quantity!, CultureInfo.InvariantCulture) <= 0) continue;
                if (JsonSerializer.SerializeToUtf8Bytes(record).Length > 0) done++;
            }
        }
        return done;
    }

    internal sealed class CombinedFrame
    {
        [JsonPropertyName("data")]
        public Frame? Data { get; set; }
    }

    internal sealed class Frame
    {
        [JsonPropertyName("s")]
        public string? Symbol { get; set; }

        [JsonPropertyName("t")]
        public long Id { get; set; }

        [JsonPropertyName("p")]
        public string? Price { get; set; }

        [JsonPropertyName("q")]
        public string? Quantity { get; set; }

        [JsonPropertyName("T")]
        public long TradeTime { get; set; }

        [JsonPropertyName("E")]
        public long EventTime { get; set; }

        [JsonPropertyName("m")]
        public bool IsBuyerMaker { get; set; }
    }

    internal sealed record Record(
        string Venue, string Symbol, long TradeId, string Price, string Quantity, long TradeTimeUs, long EventTimeUs,
        long ReceivedTimeUs, bool IsBuyerMaker, string Origin);
}
