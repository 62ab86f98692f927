using System.Text;
using Confluent.Kafka;
using Crypto.Kafka;
using MassTransit;

namespace Crypto.Storage.MassTransit;

/// <summary>
/// Takes batches that MassTransit collected, and is done with one when it is stored. The rider moves its offsets by itself
/// some time later, so batches come again after a crash; <see cref="LooseBatchHandler"/> makes that harmless.
/// </summary>
public sealed class TradeRecordConsumer(RiderStore store, RiderProgress progress, LocateRecord locate) : IConsumer<Batch<RawRecord>>
{
    public Task Consume(ConsumeContext<Batch<RawRecord>> context)
    {
        progress.Collected(context.Message.Length);
        return store.StoreAsync([.. context.Message.Select(RecordOf)], context.CancellationToken);
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
