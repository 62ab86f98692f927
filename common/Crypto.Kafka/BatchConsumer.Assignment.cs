using System.Diagnostics;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Kafka;

/// <summary>How partitions come and go: positions are looked up beside the polling, then reading begins.</summary>
public sealed partial class BatchConsumer
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    private Assignment? _assignment;
    private Task<IReadOnlyList<AssignedPartition>?>? _lookup;
    private Task<bool>? _topicCheck;
    private IReadOnlyList<AssignedPartition> _lastAssigned = [];
    private long _topicCheckSince = Stopwatch.GetTimestamp();
    private long _lagSince = Stopwatch.GetTimestamp();
    private bool _needsNewClient;
    private volatile FatalException? _fatal;

    /// <summary>Reads nothing yet: the positions are in a database that may be away for longer than a callback may take.</summary>
    private IEnumerable<TopicPartitionOffset> OnAssigned(List<TopicPartition> partitions)
    {
        GiveUpAssignment();
        _assignment = new Assignment(partitions);
        return [];
    }

    /// <summary>Ends the batch under way (it commits or it does not, both are right), and forgets the partitions.</summary>
    private void GiveUpAssignment()
    {
        if (_assignment is not { } assignment) return;
        var lookup = _lookup;
        _assignment = null;
        _lookup = null;
        _topicCheck = null;
        assignment.Stop(StopPatience);
        // The handler obeys its token, and its database driver has time-outs of its own.
        Await(_work);
        Await(lookup);
        _work = Task.FromResult(Outcome.Done);
        _batch = null;
        _filling.Reset();
        _handling.Reset();
        Status.Partitions = 0;
        foreach (var partition in assignment.Assigned) Revoke(partition);
        assignment.Dispose();
    }

    private void Await(Task? task)
    {
        try
        {
            task?.Wait();
        }
        catch (AggregateException e)
        {
            _fatal = e.InnerException as FatalException ?? new FatalException($"{_options.Name} failed: {e.InnerException?.Message}", e);
        }
    }

    private void Revoke(AssignedPartition partition)
    {
        try
        {
            _handler.RevokeAsync(partition, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Log.RevokeFailed(_logger, e, _options.Name, partition.Topic, partition.Partition);
        }
    }

    /// <summary>Takes the same partitions anew, with positions from the database.</summary>
    private void Reassign()
    {
        if (_assignment is not { } assignment) return;
        var partitions = assignment.Partitions;
        GiveUpAssignment();
        _assignment = new Assignment(partitions) { MustUnassign = true };
    }

    private void ServeAssignment(IConsumer<byte[], byte[]> consumer)
    {
        if (_assignment is not { } assignment || assignment.Partitions.Count == 0)
        {
            // A member without partitions is in order: others have them. But a client whose broker lost group and topics may
            // never be given any again, so it too looks whether the topics are still those that it read.
            if (_assignment is not null) Status.Works();
            CheckTopics(_lastAssigned, CancellationToken.None);
            return;
        }
        if (assignment.IsReady)
        {
            CheckTopics(assignment.Assigned, assignment.NoRetry);
            return;
        }
        if (assignment.MustUnassign)
        {
            consumer.Assign(Array.Empty<TopicPartitionOffset>());
            assignment.MustUnassign = false;
        }
        _lookup ??= Task.Run(() => LookUpAsync(assignment));
        if (!_lookup.IsCompleted) return;
        var lookup = _lookup;
        _lookup = null;
        if (lookup.GetAwaiter().GetResult() is not { } assigned) return;
        assignment.Begin(assigned, _clock.GetUtcNow());
        consumer.Assign(assignment.Positions);
        _topicCheckSince = Stopwatch.GetTimestamp();
        _metrics.Assigned();
        _lastAssigned = assigned;
        Status.Partitions = assigned.Count;
        Status.Works();
        Log.Assigned(_logger, _options.Name, assigned.Count);
    }

    /// <summary>Asks the broker what the partitions are, and the handler where to begin. Null: not yet, ask again.</summary>
    private async Task<IReadOnlyList<AssignedPartition>?> LookUpAsync(Assignment assignment)
    {
        try
        {
            var ids = new Dictionary<string, string>();
            foreach (var topic in assignment.Partitions.Select(partition => partition.Topic).Distinct())
            {
                if (await _topics.DescribeAsync(topic, assignment.NoRetry).ConfigureAwait(false) is { } description)
                {
                    ids[topic] = description.Id;
                    continue;
                }
                await _topics.EnsureAsync(assignment.NoRetry).ConfigureAwait(false);
                return null;
            }
            var extents = await _topics.ExtentsAsync(assignment.Partitions, assignment.NoRetry).ConfigureAwait(false);
            var assigned = new List<AssignedPartition>(assignment.Partitions.Count);
            foreach (var partition in assignment.Partitions)
            {
                var (earliest, latest) = extents[partition];
                var one = new AssignedPartition(partition.Topic, partition.Partition.Value, ids[partition.Topic], earliest, latest);
                assignment.StartAt(partition, await _handler.AssignAsync(one, assignment.NoRetry).ConfigureAwait(false));
                assigned.Add(one);
            }
            return assigned;
        }
        catch (FatalException)
        {
            throw;
        }
        catch (Exception) when (assignment.NoRetry.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            Failed(e.Message, e is RetriableException ? null : e);
            await Task.WhenAny(Task.Delay(_options.MaxRetryPause / 4, _clock, assignment.NoRetry)).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>
    /// A topic that was made anew has another id; its offsets mean nothing to the old positions. librdkafka does not get over
    /// it (it asks for metadata in a tight loop and finds the topic unknown), so the client is made anew too.
    /// </summary>
    private void CheckTopics(IEnumerable<AssignedPartition> read, CancellationToken cancellation)
    {
        if (_topicCheck is { IsCompleted: true } check)
        {
            _topicCheck = null;
            if (!check.GetAwaiter().GetResult()) return;
            Log.TopicChanged(_logger, _options.Name);
            _lastAssigned = [];
            _needsNewClient = true;
        }
        else if (_topicCheck is null && Stopwatch.GetElapsedTime(_topicCheckSince) >= _options.TopicCheck)
        {
            _topicCheckSince = Stopwatch.GetTimestamp();
            _topicCheck = Task.Run(() => HaveTopicsChangedAsync(read, cancellation));
        }
    }

    private async Task<bool> HaveTopicsChangedAsync(IEnumerable<AssignedPartition> read, CancellationToken cancellation)
    {
        try
        {
            foreach (var (topic, id) in read.Select(partition => (partition.Topic, partition.TopicId)).Distinct())
            {
                if (await _topics.DescribeAsync(topic, cancellation).ConfigureAwait(false) is not { } now) return true;
                if (now.Id != id) return true;
            }
            if (Status.Failure?.Reason.StartsWith(BrokerAway, StringComparison.Ordinal) == true) Status.Works();
            return false;
        }
        catch (RetriableException e)
        {
            // Records or their absence tell nothing about a broker that is away; this does.
            if (Status.Failure is null) Status.Fails($"{BrokerAway}: {e.Message}", _clock.GetUtcNow());
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private const string BrokerAway = "Kafka cannot be reached";

    private void OnError(Error error)
    {
        KafkaLog.Error(_logger, error);
        if (!error.IsFatal) return;
        _fatal = new FatalException(error.Code == ErrorCode.FencedInstanceId
            ? $"another process reads as member '{_options.MemberId}' of group {_options.Group}: give each its own MemberId"
            : $"the Kafka consumer of {_options.Name} cannot go on: {error.Reason}");
    }

    private void OnConsumeError(Error error)
    {
        if (error.IsFatal)
        {
            OnError(error);
            return;
        }
        if (error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange
            or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
        {
            if (!_needsNewClient) Log.PositionLost(_logger, _options.Name, error.Reason);
            _needsNewClient = true;
        }
        else
        {
            Log.ConsumeError(_logger, _options.Name, error.Code, error.Reason);
        }
    }

    private void MeasureLag(IConsumer<byte[], byte[]> consumer)
    {
        _lagSince = Stopwatch.GetTimestamp();
        if (_assignment is not { } assignment) return;
        var now = _clock.GetUtcNow();
        var (lag, oldest) = (0L, now);
        foreach (var (partition, handled, since) in assignment.Progress())
        {
            // Unset until the first answer to a fetch.
            var high = consumer.GetWatermarkOffsets(partition).High;
            if (high.Value < 0) continue;
            if (high.Value <= handled)
            {
                assignment.CaughtUp(partition, now);
                continue;
            }
            lag += high.Value - handled;
            if (since < oldest) oldest = since;
        }
        Status.LagRecords = lag;
        Status.LagTime = now - oldest;
    }
}
