using Crypto.Contracts;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;

namespace Crypto.Storage.Raw;

/// <summary>
/// Appends batches to <c>FOLDER/raw/TOPIC/yyyy-mm-dd/</c>. The "database" of its offsets is the files, see
/// <see cref="RawPartitionWriter"/>. Days are wall time, as the records' timestamps are.
/// </summary>
public sealed partial class RawArchiveHandler(string folder, ILogger<RawArchiveHandler> logger) : IBatchHandler, IDisposable
{
    private readonly Dictionary<(string Topic, int Partition), RawPartitionWriter> _writers = [];

    /// <summary>The folder of a topic's files.</summary>
    public static string FolderOf(string folder, string topic) => Path.Combine(folder, "raw", topic);

    public Task<long> AssignAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        try
        {
            var writer = Open(partition);
            if (writer.NextOffset < partition.EarliestOffset)
                Log.Expired(logger, partition.Topic, partition.Partition, writer.NextOffset.Value, partition.EarliestOffset);
            return Task.FromResult(Math.Max(writer.NextOffset ?? 0, partition.EarliestOffset));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure(e);
        }
    }

    public Task HandleAsync(RecordBatch batch, CancellationToken cancellation)
    {
        foreach (var records in batch.Partitions)
        {
            var key = (records.Partition.Topic, records.Partition.Partition);
            try
            {
                // Opened again after a failure, it knows from its file what was written before.
                if (!_writers.TryGetValue(key, out var writer)) writer = Open(records.Partition, latest: long.MaxValue);
                foreach (var record in records.Records) writer.Append(record);
                writer.Flush();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Drop(key);
                throw Failure(e);
            }
        }
        return Task.CompletedTask;
    }

    public Task RevokeAsync(AssignedPartition partition, CancellationToken cancellation)
    {
        Drop((partition.Topic, partition.Partition));
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var writer in _writers.Values) writer.Dispose();
        _writers.Clear();
    }

    private RawPartitionWriter Open(AssignedPartition partition, long? latest = null)
    {
        var key = (partition.Topic, partition.Partition);
        Drop(key);
        return _writers[key] = RawPartitionWriter.Open(
            FolderOf(folder, partition.Topic), partition.TopicId, partition.Partition, latest ?? partition.LatestOffset);
    }

    private void Drop((string Topic, int Partition) key)
    {
        if (_writers.Remove(key, out var writer)) writer.Dispose();
    }

    private RetriableException Failure(Exception e) => new($"the raw archive in {folder} cannot be written: {e.Message}", e);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The raw archive of {Topic}/{Partition} ends at {Archived}, but the log begins at {Earliest}: what lay between has expired")]
        public static partial void Expired(ILogger logger, string topic, int partition, long archived, long earliest);
    }
}
