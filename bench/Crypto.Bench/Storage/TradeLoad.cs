using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Bench.Storage;

/// <summary>Trades shaped like Binance's: eight decimals, many in the same millisecond, ids that follow one another.</summary>
internal static class TradeLoad
{
    private static readonly Instrument[] Instruments =
        [.. new[] { "BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "ADAUSDT" }.Select(symbol => new Instrument(Venues.Binance, symbol))];

    /// <summary>Publishes so many trades, the symbols taking turns as on a busy stream.</summary>
    /// <param name="producer">Where to.</param>
    /// <param name="count">How many.</param>
    /// <param name="first">The number of the first one, where a former call published those before it.</param>
    public static void Fill(IProducer<byte[], byte[]> producer, int count, int first = 0)
    {
        var keys = Instruments.Select(instrument => Encoding.UTF8.GetBytes(instrument.Key)).ToArray();
        var value = new ArrayBufferWriter<byte>();
        var startUs = UnixTime.ToMicroseconds(new DateTime(2024, 8, 9, 0, 0, 1, DateTimeKind.Utc));
        for (var i = first; i < first + count; i++)
        {
            var symbol = i % Instruments.Length;
            var timeUs = startUs + (i / 20 * 1000L);
            value.ResetWrittenCount();
            TradeJson.Write(value, new Trade(
                Instruments[symbol], 3_700_000_000L + (i / Instruments.Length), 3_700_000_000L + (i / Instruments.Length),
                Scaled(6_168_599_000_000L + (i % 9973 * 1_000_000L)), Scaled((i % 99_991 * 1000L) + 1000),
                timeUs, timeUs + 1437, timeUs + 3812, i % 3 == 0, TradeOrigin.Stream));
            Produce(producer, new Message<byte[], byte[]> { Key = keys[symbol], Value = value.WrittenSpan.ToArray() });
        }
        producer.Flush();
    }

    /// <summary>So many hundred-millionths, written with all eight decimals as the exchange does.</summary>
    private static decimal Scaled(long units) => new((int)units, (int)(units >> 32), 0, false, 8);

    private static void Produce(IProducer<byte[], byte[]> producer, Message<byte[], byte[]> message)
    {
        while (true)
        {
            try
            {
                producer.Produce(Topics.Trades, message);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                producer.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
