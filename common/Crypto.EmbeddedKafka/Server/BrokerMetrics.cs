using System.Diagnostics;
using System.Diagnostics.Metrics;
using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Topics;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>What the meter <c>Crypto.EmbeddedKafka</c> tells.</summary>
internal sealed class BrokerMetrics : IDisposable
{
    internal const string MeterName = "Crypto.EmbeddedKafka";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _bytesIn;
    private readonly Counter<long> _bytesOut;
    private readonly Counter<long> _recordsIn;
    private readonly Counter<long> _malformed;
    private readonly Counter<long> _failed;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<int> _connections;

    internal BrokerMetrics()
    {
        _bytesIn = _meter.CreateCounter<long>("kafka.broker.bytes.received", "By", "Bytes of requests");
        _bytesOut = _meter.CreateCounter<long>("kafka.broker.bytes.sent", "By", "Bytes of answers");
        _recordsIn = _meter.CreateCounter<long>("kafka.broker.records.appended", "{record}", "Records appended to logs");
        _malformed = _meter.CreateCounter<long>("kafka.broker.requests.malformed", "{request}", "Requests that cost their connection");
        _failed = _meter.CreateCounter<long>("kafka.broker.requests.failed", "{request}", "Requests that the broker failed at, a defect of its own");
        _duration = _meter.CreateHistogram<double>("kafka.broker.request.duration", "s", "From request to answer, waiting included");
        _connections = _meter.CreateUpDownCounter<int>("kafka.broker.connections", "{connection}", "Open connections");
    }

    /// <summary>Adds what is looked up only when somebody collects it.</summary>
    internal void Observe(TopicCatalog topics, GroupCoordinator groups)
    {
        _meter.CreateObservableGauge("kafka.broker.log.size", () => topics.All.Select(topic => new Measurement<long>(
            topic.Partitions.Sum(p => p.SizeBytes), new KeyValuePair<string, object?>("topic", topic.Name))), "By", "Bytes on disk");
        _meter.CreateObservableGauge("kafka.broker.group.lag", () => Lags(topics, groups), "{record}", "Records behind the end");
    }

    internal void Received(int bytes) => _bytesIn.Add(bytes);

    internal void Answered(ApiKey api, long bytes, long startedAt)
    {
        _bytesOut.Add(bytes);
        if (_duration.Enabled)
            _duration.Record(Stopwatch.GetElapsedTime(startedAt).TotalSeconds, new KeyValuePair<string, object?>("api", api.ToString()));
    }

    internal void Appended(int records) => _recordsIn.Add(records);

    internal void Malformed() => _malformed.Add(1);

    internal void Failed() => _failed.Add(1);

    internal void Connected(int change) => _connections.Add(change);

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> Lags(TopicCatalog topics, GroupCoordinator groups)
    {
        foreach (var group in groups.All)
        {
            foreach (var byTopic in group.Offsets().GroupBy(o => o.Key.Topic))
            {
                if (topics.Find(byTopic.Key) is not { } topic)
                    continue;
                long lag = byTopic.Sum(o => Math.Max(0, (topic.Partition(o.Key.Partition)?.NextOffset ?? 0) - o.Value.Offset));
                yield return new(lag, new("group", group.Id), new KeyValuePair<string, object?>("topic", topic.Name));
            }
        }
    }
}
