using Confluent.Kafka;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>How fetched records become batches: nothing foreign, nothing twice, in the order of the log.</summary>
public sealed class PartitionBookkeepingTests
{
    private static readonly AssignedPartition Zero = new("t", 0, "id", 0, 100);
    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeMilliseconds(1_723_161_700_000);
    private static readonly AssignedPartition One = new("t", 1, "id", 0, 100);

    [Fact]
    public void Nothing_is_accepted_before_the_positions_are_known()
    {
        using var assignment = new Assignment([new TopicPartition("t", 0)]);

        Assert.False(assignment.IsReady);
        Assert.Null(assignment.Accept(Record(0, 5)));
    }

    [Fact]
    public void A_record_is_accepted_once_and_only_from_the_position_on()
    {
        using var assignment = Ready((Zero, 5), (One, 0));

        Assert.Null(assignment.Accept(Record(0, 4)));
        Assert.Equal((Zero, 5L), assignment.Accept(Record(0, 5)));
        Assert.Null(assignment.Accept(Record(0, 5)));
        Assert.Equal((One, 0L), assignment.Accept(Record(1, 0)));
        // Offsets may skip, where compaction or a transaction marker took them.
        Assert.Equal((Zero, 6L), assignment.Accept(Record(0, 9)));
        Assert.Equal((Zero, 10L), assignment.Accept(Record(0, 10)));
    }

    [Fact]
    public void Records_of_a_former_assignment_are_dropped()
    {
        using var assignment = Ready((Zero, 0));

        Assert.Null(assignment.Accept(Record(1, 7)));
        Assert.Null(assignment.Accept(Record(0, 7, "other")));
    }

    [Fact]
    public void Progress_is_what_was_handled_and_not_what_was_fetched()
    {
        using var assignment = Ready((Zero, 0), (One, 3));
        assignment.Accept(Record(0, 0));
        assignment.Accept(Record(0, 1));

        assignment.Handled(new RecordBatch([new PartitionRecords(Zero, 0, 1, [Record(0, 0)])]));

        Assert.Equal([1L, 3L], assignment.Progress().OrderBy(p => p.Partition.Partition.Value).Select(p => p.Handled));
    }

    [Fact]
    public void The_age_of_what_is_unhandled_is_known_from_the_assignment_on()
    {
        using var assignment = Ready((Zero, 5));
        Assert.Equal(Began, Since(assignment));

        var made = DateTimeOffset.FromUnixTimeMilliseconds(1_723_161_600_000);
        assignment.Accept(Record(0, 5));
        Assert.Equal(made, Since(assignment));
        assignment.Accept(Record(0, 6, after: 40));
        Assert.Equal(made, Since(assignment));

        assignment.Handled(new RecordBatch([new PartitionRecords(Zero, 5, 7, [Record(0, 5), Record(0, 6, after: 40)])]));
        Assert.Equal(made.AddSeconds(40), Since(assignment));
    }

    [Fact]
    public void A_record_after_a_long_silence_is_as_old_as_it_is_and_not_as_the_silence()
    {
        using var assignment = Ready((Zero, 5));
        assignment.Accept(Record(0, 5));
        assignment.Handled(new RecordBatch([new PartitionRecords(Zero, 5, 6, [Record(0, 5)])]));

        assignment.CaughtUp(new TopicPartition("t", 0), Began.AddHours(1));
        Assert.Equal(Began.AddHours(1), Since(assignment));
        assignment.Accept(Record(0, 6, after: 7200));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_723_161_600_000).AddHours(2), Since(assignment));
    }

    [Fact]
    public void An_end_first_forbids_new_attempts_and_only_later_ends_the_one_under_way()
    {
        using var assignment = Ready((Zero, 0));

        assignment.Stop(TimeSpan.FromHours(1));

        Assert.True(assignment.NoRetry.IsCancellationRequested);
        Assert.False(assignment.Abort.IsCancellationRequested);
    }

    [Fact]
    public void A_batch_has_the_records_of_each_partition_in_their_order()
    {
        var buffers = new PartitionBuffers();
        buffers.Add(Record(0, 5), Zero, 5);
        buffers.Add(Record(1, 0), One, 0);
        buffers.Add(Record(0, 9), Zero, 6);

        var batch = buffers.ToBatch();

        Assert.Equal(3, buffers.Count);
        Assert.Equal([(Zero, 5L, 10L), (One, 0L, 1L)], batch.Partitions.Select(p => (p.Partition, p.ExpectedOffset, p.NextOffset)));
        Assert.Equal([5L, 9L], batch.Partitions[0].Records.Select(record => record.Offset.Value));
    }

    [Fact]
    public void A_cleared_buffer_begins_anew_where_the_next_record_stands()
    {
        var buffers = new PartitionBuffers();
        buffers.Add(Record(0, 5), Zero, 5);
        buffers.Clear();
        Assert.Equal(0, buffers.Count);
        Assert.Empty(buffers.ToBatch().Partitions);

        buffers.Add(Record(0, 6), Zero, 6);

        Assert.Equal((6L, 7L), (buffers.ToBatch().Partitions[0].ExpectedOffset, buffers.ToBatch().Partitions[0].NextOffset));
    }

    [Fact]
    public void After_a_rebalance_a_partition_is_the_new_one_of_the_same_number()
    {
        var buffers = new PartitionBuffers();
        buffers.Add(Record(0, 5), Zero, 5);
        buffers.Reset();
        var anew = Zero with { TopicId = "id-2" };

        buffers.Add(Record(0, 0), anew, 0);

        Assert.Same(anew, Assert.Single(buffers.ToBatch().Partitions).Partition);
    }

    private static Assignment Ready(params (AssignedPartition Partition, long Position)[] partitions)
    {
        var assignment = new Assignment([.. partitions.Select(p => new TopicPartition(p.Partition.Topic, p.Partition.Partition))]);
        foreach (var (partition, position) in partitions) assignment.StartAt(new TopicPartition(partition.Topic, partition.Partition), position);
        assignment.Begin(partitions.Select(p => p.Partition), Began);
        return assignment;
    }

    private static DateTimeOffset Since(Assignment assignment) => Assert.Single(assignment.Progress()).Since;

    private static ConsumeResult<byte[], byte[]> Record(int partition, long offset, string topic = "t", int after = 0) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, partition, offset),
        Message = new Message<byte[], byte[]> { Value = [1], Timestamp = new Timestamp(1_723_161_600_000 + (after * 1000L), TimestampType.CreateTime) },
    };
}
