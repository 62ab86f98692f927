using System.Text;
using Confluent.Kafka;
using Crypto.Kafka;
using Crypto.Postgres;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// Stores batches that MassTransit collected. The rider moves its offsets by itself, some time after a batch is done, so
/// batches come again after a crash; <see cref="LooseBatchHandler"/> makes that harmless.
/// </summary>
public sealed class TradeRecordConsumer(
    LooseBatchHandler store, StorePreparation preparation, RiderProgress progress, LocateRecord locate, DescribePartition describe,
    IOptions<RiderOptions> options) : IConsumer<Batch<RawRecord>>
{
    public async Task Consume(ConsumeContext<Batch<RawRecord>> context)
    {
        var cancellation = context.CancellationToken;
        // One batch at a time (NothingLostFilter sees to it), so the marks are written in the order in which they rise.
        await preparation.Ready.WaitAsync(cancellation).ConfigureAwait(false);
        var partitions = new List<PartitionRecords>();
        var marks = new List<StreamPosition>();
        var done = new List<(TopicPartition Partition, List<long> Offsets)>();
        // MassTransit orders by send time, and Kafka's timestamps are no order.
        var records = context.Message.Select(RecordOf).OrderBy(record => record.Offset.Value);
        foreach (var group in records.GroupBy(record => record.TopicPartition))
        {
            var own = group.ToList();
            var offsets = own.ConvertAll(record => record.Offset.Value);
            var known = await progress.OfAsync(group.Key, offsets[0], store, describe, cancellation).ConfigureAwait(false);
            var partition = new AssignedPartition(group.Key.Topic, group.Key.Partition.Value, known.TopicId, 0, offsets[^1] + 1);
            partitions.Add(new PartitionRecords(partition, offsets[0], offsets[^1] + 1, own));
            marks.Add(new StreamPosition(partition.Topic, partition.Partition, known.TopicId, known.NextWith(offsets), null));
            done.Add((group.Key, offsets));
        }
        await store.HandleAsync(new RecordBatch(partitions), marks, cancellation).ConfigureAwait(false);
        foreach (var (partition, offsets) in done) progress.Stored(partition, offsets, options.Value.HolePatience);
    }

    private ConsumeResult<byte[], byte[]> RecordOf(ConsumeContext<RawRecord> message)
    {
        var origin = locate(message);
        var headers = new Confluent.Kafka.Headers();
        if (message.Message.TraceParent is { } trace) headers.Add(TraceHeaders.TraceParent, Encoding.ASCII.GetBytes(trace));
        return new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(origin.Topic, origin.Partition, origin.Offset),
            Message = new Message<byte[], byte[]>
            {
                Key = origin.Key!,
                Value = message.Message.Value,
                Timestamp = new Timestamp(origin.Time),
                Headers = headers,
            },
        };
    }
}
