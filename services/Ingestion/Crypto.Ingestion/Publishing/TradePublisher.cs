using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Sequencing;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Ingestion.Publishing;

/// <summary>
/// Gives records to Kafka without waiting for each, bounded by <see cref="InFlightGate"/>. The producer retries by itself;
/// what it gives up on all the same is found by the auditor, because it never reaches the store. Safe for many threads.
/// </summary>
public sealed class TradePublisher
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(20);

    private readonly IProducer<byte[], byte[]> _producer;
    private readonly DeliveryFailures _failures;
    private readonly Action<DeliveryReport<byte[], byte[]>>[] _onDelivered;
    private readonly int _traceEvery;
    private long _untilTrace;

    public TradePublisher(IProducer<byte[], byte[]> producer, IOptions<IngestionOptions> options, ILogger<TradePublisher> logger)
    {
        _producer = producer;
        _failures = new DeliveryFailures(logger, TimeProvider.System, "records", "The auditor will notice what is missing");
        _traceEvery = options.Value.TraceOneIn;
        _onDelivered = [report => OnDelivered(report, 0), report => OnDelivered(report, 1)];
        Gate = new InFlightGate(options.Value.InFlightMax);
    }

    public InFlightGate Gate { get; }

    /// <summary>Gives a trade to Kafka. Completes at once while there is room, else when there is.</summary>
    /// <param name="symbol">Whose trade it is.</param>
    /// <param name="value">The encoded trade; it belongs to the producer from here on.</param>
    /// <param name="origin">For the metrics.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    public ValueTask PublishAsync(TrackedSymbol symbol, byte[] value, TradeOrigin origin, CancellationToken cancellation)
    {
        IngestionTelemetry.Published.Add(1, IngestionTelemetry.TagOf(origin));
        var message = new Message<byte[], byte[]> { Key = symbol.Key, Value = value };
        using var trace = StartTrace(message, symbol);
        return Gate.HasRoom && TryProduce(Topics.Trades, message)
            ? ValueTask.CompletedTask
            : WaitAndProduceAsync(Topics.Trades, message, cancellation);
    }

    /// <summary>Gives a coverage event to Kafka, within the same bound.</summary>
    public ValueTask PublishAsync(TrackedSymbol symbol, in CoverageEvent coverage, CancellationToken cancellation)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(256);
        CoverageJson.Write(output, coverage);
        var message = new Message<byte[], byte[]> { Key = symbol.Key, Value = output.WrittenSpan.ToArray() };
        return Gate.HasRoom && TryProduce(Topics.Coverage, message)
            ? ValueTask.CompletedTask
            : WaitAndProduceAsync(Topics.Coverage, message, cancellation);
    }

    /// <summary>Sends what is still queued; answers with the number of records that were not acknowledged in time.</summary>
    public int Flush(TimeSpan within) => _producer.Flush(within);

    private async ValueTask WaitAndProduceAsync(string topic, Message<byte[], byte[]> message, CancellationToken cancellation)
    {
        IngestionTelemetry.BackpressureWaits.Add(1);
        while (true)
        {
            await Gate.WaitAsync(cancellation).ConfigureAwait(false);
            if (TryProduce(topic, message)) return;
            // Another user of the same producer has filled its queue.
            await Task.Delay(QueueFullPause, cancellation).ConfigureAwait(false);
        }
    }

    private bool TryProduce(string topic, Message<byte[], byte[]> message)
    {
        var generation = Gate.Enter();
        try
        {
            _producer.Produce(topic, message, _onDelivered[generation]);
            return true;
        }
        catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
        {
            Gate.Leave(generation);
            return false;
        }
        catch (KafkaException e)
        {
            Gate.Leave(generation);
            throw new FatalException($"the Kafka producer is unusable ({e.Error.Reason}): restart the process", e);
        }
    }

    private void OnDelivered(DeliveryReport<byte[], byte[]> report, int generation)
    {
        Gate.Leave(generation);
        if (!report.Error.IsError)
        {
            _failures.Succeeded();
            return;
        }
        IngestionTelemetry.DeliveryFailures.Add(1);
        _failures.Failed(report.Topic, report.Error.Reason);
    }

    private Activity? StartTrace(Message<byte[], byte[]> message, TrackedSymbol symbol)
    {
        if (_traceEvery == 0 || !IngestionTelemetry.Activities.HasListeners()) return null;
        if (Interlocked.Decrement(ref _untilTrace) > 0) return null;
        Interlocked.Exchange(ref _untilTrace, _traceEvery);
        var activity = IngestionTelemetry.Activities.StartActivity("publish trade", ActivityKind.Producer);
        if (activity?.Id is null) return activity;
        activity.SetTag("messaging.system", "kafka").SetTag("messaging.destination.name", Topics.Trades)
            .SetTag("crypto.instrument", symbol.Instrument.Key);
        message.Headers = new Headers { { "traceparent", Encoding.ASCII.GetBytes(activity.Id) } };
        return activity;
    }
}
