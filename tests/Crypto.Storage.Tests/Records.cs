using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;

namespace Crypto.Storage.Tests;

/// <summary>Trades and coverage events as consumed records.</summary>
internal static class Records
{
    public static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");
    public static readonly Instrument Eth = new(Venues.Binance, "ETHUSDT");

    private static readonly long StartUs = UnixTime.ToMicroseconds(new DateTime(2024, 8, 9, 0, 0, 1, DateTimeKind.Utc));

    public static Trade Trade(long id, Instrument? instrument = null, long? lastId = null, long? timeUs = null, decimal quantity = 0.01m) =>
        new(instrument ?? Btc, id, lastId ?? id, 61685.99000000m, quantity, timeUs ?? (StartUs + (id * 1000)), StartUs + (id * 1000) + 7,
            StartUs + (id * 1000) + 2500, id % 2 == 0, TradeOrigin.Stream);

    public static byte[] Value(in Trade trade)
    {
        var buffer = new ArrayBufferWriter<byte>();
        TradeJson.Write(buffer, trade);
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Value(CoverageKind kind, long first, long last, string reason = "skipped", Instrument? instrument = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CoverageJson.Write(buffer, new CoverageEvent(instrument ?? Btc, kind, first, last, reason, StartUs));
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Key(Instrument? instrument = null) => Encoding.UTF8.GetBytes((instrument ?? Btc).Key);

    public static ConsumeResult<byte[], byte[]> Record(string topic, int partition, long offset, byte[] value) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, partition, offset),
        Message = new Message<byte[], byte[]> { Key = Key(), Value = value, Timestamp = new Timestamp(DateTime.UtcNow) },
    };
}

/// <summary>A log that exists in memory: what a broker would hold, cut into batches by the test.</summary>
internal sealed class TestLog(string topic = Topics.Trades, int partition = 0, string topicId = "first")
{
    private readonly List<byte[]> _values = [];

    public long End => _values.Count;

    public AssignedPartition Assigned => new(topic, partition, topicId, 0, End);

    public TestLog Add(params IEnumerable<byte[]> values)
    {
        _values.AddRange(values);
        return this;
    }

    public TestLog Trades(params IEnumerable<long> ids) => Add(ids.Select(id => Records.Value(Records.Trade(id))));

    /// <summary>The records from one offset up to another, as a batch.</summary>
    public PartitionRecords Read(long from, long? to = null)
    {
        var records = Enumerable.Range((int)from, (int)((to ?? End) - from))
            .Select(offset => Records.Record(topic, partition, offset, _values[offset])).ToList();
        return new PartitionRecords(Assigned, from, to ?? End, records);
    }

    public RecordBatch Batch(long from, long? to = null) => new([Read(from, to)]);
}
