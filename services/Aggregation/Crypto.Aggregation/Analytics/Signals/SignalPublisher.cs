using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Aggregation.Analytics.Signals;

/// <summary>
/// Takes what was computed from closed candles to <c>crypto.signals</c>, at least once: rows are marked after the broker has
/// them, and only if nobody computed them anew meanwhile.
/// </summary>
public sealed class SignalPublisher(SignalStore store, IProducer<byte[], byte[]> producer)
{
    /// <summary>Publishes what waits of one instrument, at most some thousands.</summary>
    public async Task PublishAsync(int id, Instrument instrument, CancellationToken cancellation)
    {
        var waiting = await store.UnpublishedAsync(id, instrument, cancellation).ConfigureAwait(false);
        if (waiting.Count == 0) return;
        var key = Encoding.UTF8.GetBytes(instrument.Key);
        try
        {
            await Task.WhenAll(waiting.Select(signal => producer.ProduceAsync(
                Topics.Signals, new Message<byte[], byte[]> { Key = key, Value = JsonOf(signal) }, cancellation))).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new RetriableException($"crypto.signals cannot be written: {e.Error.Reason}", e);
        }
        await store.MarkAsync(id, waiting, cancellation).ConfigureAwait(false);
    }

    private static byte[] JsonOf(Signal signal)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        SignalJson.Write(output, signal);
        return output.WrittenSpan.ToArray();
    }
}
