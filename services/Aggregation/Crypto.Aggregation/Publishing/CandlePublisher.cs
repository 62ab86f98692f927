using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Aggregation.Publishing;

/// <summary>
/// Publishes committed candles to <c>crypto.candles</c>, at least once. Only the newest version of a candle waits here:
/// a slow broker makes states skip, never the commit wait. What was delivered is marked in the table from time to time.
/// </summary>
public sealed class CandlePublisher(
    IProducer<byte[], byte[]> producer, AggregationMetrics metrics, ILogger<CandlePublisher> logger) : BackgroundService
{
    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(20);

    private readonly DeliveryFailures _failures = new(logger, TimeProvider.System, "candles", "They are sent again");
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private Dictionary<CandleKey, (Candle Candle, Headers? Headers)> _waiting = [];
    private Dictionary<CandleKey, long> _delivered = [];

    /// <summary>Hands over committed candles; returns at once.</summary>
    public void Enqueue(IReadOnlyList<Candle> candles, Headers? headers = null)
    {
        if (candles.Count == 0) return;
        lock (_lock)
        {
            foreach (var candle in candles)
            {
                var key = CandleKey.Of(candle);
                if (_waiting.TryGetValue(key, out var older) && older.Candle.Version >= candle.Version) continue;
                _waiting[key] = (candle, headers);
            }
            if (_signal.CurrentCount == 0) _signal.Release();
        }
    }

    /// <summary>Versions delivered since the last call.</summary>
    public IReadOnlyDictionary<CandleKey, long> TakeDelivered()
    {
        lock (_lock)
        {
            var delivered = _delivered;
            if (delivered.Count > 0) _delivered = [];
            return delivered;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var value = new ArrayBufferWriter<byte>(1024);
        try
        {
            while (true)
            {
                await _signal.WaitAsync(stoppingToken).ConfigureAwait(false);
                foreach (var (key, (candle, headers)) in TakeWaiting())
                    await PublishAsync(key, candle, headers, value, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is still waiting is in the table as unpublished, and is sent at the next start.
        }
    }

    private Dictionary<CandleKey, (Candle Candle, Headers? Headers)> TakeWaiting()
    {
        lock (_lock)
        {
            var waiting = _waiting;
            _waiting = [];
            return waiting;
        }
    }

    private async Task PublishAsync(
        CandleKey key, Candle candle, Headers? headers, ArrayBufferWriter<byte> value, CancellationToken cancellation)
    {
        value.ResetWrittenCount();
        CandleJson.Write(value, candle);
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(candle.Key),
            Value = value.WrittenSpan.ToArray(),
            Headers = headers!,
        };
        while (true)
        {
            try
            {
                producer.Produce(Topics.Candles, message, report => OnDelivery(key, candle, report));
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                await Task.Delay(FullPause, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void OnDelivery(CandleKey key, Candle candle, DeliveryReport<byte[], byte[]> report)
    {
        if (report.Error.IsError)
        {
            metrics.PublishFailed();
            _failures.Failed(report.Topic, report.Error.Reason);
            Enqueue([candle]);
            return;
        }
        _failures.Succeeded();
        metrics.Published();
        lock (_lock) _delivered[key] = Math.Max(candle.Version, _delivered.GetValueOrDefault(key));
    }
}
