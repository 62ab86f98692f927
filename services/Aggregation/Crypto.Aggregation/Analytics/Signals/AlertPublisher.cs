using System.Buffers;
using System.Text;
using System.Text.Json;
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
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteNumber("id"u8, alert.Id);
            json.WriteString("symbol"u8, alert.Symbol);
            json.WriteString("kind"u8, alert.Kind);
            json.WriteString("severity"u8, alert.Severity);
            json.WriteString("message"u8, alert.Message);
            json.WriteNumber("marketTimeUs"u8, UnixTime.ToMicroseconds(alert.MarketTime));
            json.WritePropertyName("evidence"u8);
            json.WriteRawValue(alert.Evidence);
            json.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }
}
