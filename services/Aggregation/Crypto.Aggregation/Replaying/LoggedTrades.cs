using System.Runtime.CompilerServices;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Aggregation.Folding;
using Crypto.Contracts;
using Crypto.Kafka;
using Npgsql;

namespace Crypto.Aggregation.Replaying;

/// <summary>
/// The records of <c>crypto.trades</c> and <c>crypto.coverage</c>, from the oldest that are retained to the end that the log
/// has when reading begins. Repeats are dropped by their ids, as the role does.
/// </summary>
public sealed class LoggedTrades(KafkaOptions kafka, NpgsqlDataSource dataSource) : IReplaySource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly InstrumentCache _cache = new();

    public long LowestId { get; private set; }

    public async Task<IdRanges> VoidsAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        var voids = new IdRanges();
        var partition = await PartitionAsync(id, cancellation).ConfigureAwait(false);
        foreach (var value in Records(Topics.Coverage, partition, cancellation))
        {
            if (CoverageOf(value) is { Kind: CoverageKind.Void } coverage && coverage.Instrument == instrument)
                voids.Cover(coverage.FirstTradeId, coverage.LastTradeId);
        }
        return voids;
    }

    public async IAsyncEnumerable<Trade> TradesAsync(
        int id, Instrument instrument, long fromUs, long toUs, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var known = new IdRanges();
        LowestId = long.MaxValue;
        var partition = await PartitionAsync(id, cancellation).ConfigureAwait(false);
        foreach (var value in Records(Topics.Trades, partition, cancellation))
        {
            // What is no trade is in the dead letters since it came.
            if (!TradeJson.TryRead(value, _cache, out var trade, out _) || trade.Instrument != instrument) continue;
            LowestId = Math.Min(LowestId, trade.TradeId);
            if (known.Add(trade.TradeId, trade.LastTradeId) != IdOverlap.None) continue;
            if (trade.TradeTimeUs >= fromUs && trade.TradeTimeUs < toUs) yield return trade;
        }
    }

    private static CoverageEvent? CoverageOf(byte[] value)
    {
        try
        {
            return CoverageJson.Read(value);
        }
        catch (JsonException)
        {
            return null; // the role passed it over too
        }
    }

    private async Task<int> PartitionAsync(int id, CancellationToken cancellation)
    {
        await using var select = dataSource.CreateCommand("select partition from market.aggregated_instruments where instrument_id = $1");
        select.Parameters.AddWithValue(id);
        return await select.ExecuteScalarAsync(cancellation).ConfigureAwait(false) as int? ?? 0;
    }

    /// <exception cref="RetriableException">The broker cannot be reached, or gives nothing.</exception>
    private IEnumerable<byte[]> Records(string topic, int partition, CancellationToken cancellation)
    {
        var config = KafkaClients.ConsumerConfig(kafka, "crypto-replay", memberId: null, Patience);
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).Build();
        var place = new TopicPartition(topic, new Partition(partition));
        var end = EndOf(consumer, place);
        if (end.Low.Value >= end.High.Value) yield break;
        consumer.Assign(new TopicPartitionOffset(place, end.Low));
        for (var next = end.Low.Value; next < end.High.Value;)
        {
            var record = Next(consumer, topic, cancellation);
            next = record.Offset.Value + 1;
            if (record.Offset.Value < end.High.Value && record.Message.Value is { } value) yield return value;
        }
    }

    private WatermarkOffsets EndOf(IConsumer<byte[], byte[]> consumer, TopicPartition place)
    {
        try
        {
            return consumer.QueryWatermarkOffsets(place, Patience);
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"{place.Topic} cannot be read from {kafka.BootstrapServers}: {e.Error.Reason}", e);
        }
    }

    private static ConsumeResult<byte[], byte[]> Next(IConsumer<byte[], byte[]> consumer, string topic, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return consumer.Consume(Patience) ?? throw new RetriableException($"{topic}: the broker gave no record within {Patience}");
        }
        catch (ConsumeException e)
        {
            throw new RetriableException($"{topic} cannot be read: {e.Error.Reason}", e);
        }
    }
}
