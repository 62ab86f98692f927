using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>Takes stored alerts to <c>crypto.alerts</c>, at least once, and to the webhooks.</summary>
public sealed class AlertPublisher(AlertStore store, IProducer<byte[], byte[]> producer, AlertWebhooks webhooks)
{
    public async Task PublishAsync(CancellationToken cancellation)
    {
        foreach (var alert in await store.UnpublishedAsync(cancellation).ConfigureAwait(false))
        {
            var message = new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(alert.Key), Value = JsonOf(alert) };
            try
            {
                await producer.ProduceAsync(Topics.Alerts, message, cancellation).ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                throw new RetriableException($"crypto.alerts cannot be written: {e.Error.Reason}", e);
            }
            if (await store.MarkAsync(alert.Id, cancellation).ConfigureAwait(false)) webhooks.Send(alert);
        }
    }

    /// <summary>The record's value, UTF-8 JSON.</summary>
    internal static byte[] JsonOf(StoredAlert alert)
    {
        var output = new ArrayBufferWriter<byte>(512);
        AlertJson.Write(output, new AlertEvent(
            alert.Id, alert.Symbol, alert.Kind, alert.Severity, alert.Message, UnixTime.ToMicroseconds(alert.MarketTime), alert.Evidence));
        return output.WrittenSpan.ToArray();
    }
}
