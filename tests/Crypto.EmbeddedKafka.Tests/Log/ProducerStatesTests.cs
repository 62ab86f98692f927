using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Tests.Log;

/// <summary>What a partition answers to an idempotent producer's sequence numbers, as the protocol has it.</summary>
public sealed class ProducerStatesTests
{
    private readonly ProducerStates _states = new();

    [Fact]
    public void A_producer_that_is_not_known_may_begin_anywhere() =>
        Assert.Equal("InOrder", Check(epoch: 3, sequence: 17));

    [Theory]
    [InlineData(0, 4, "InOrder")]
    [InlineData(0, 5, "OutOfOrder")]
    [InlineData(0, 3, "OutOfOrder")]
    [InlineData(1, 0, "InOrder")]
    [InlineData(1, 4, "OutOfOrder")]
    [InlineData(-1, 4, "OldEpoch")]
    public void After_four_records_the_fifth_is_next_or_the_first_of_a_newer_epoch(short epochChange, int sequence, string expected)
    {
        Write(epoch: 7, sequence: 0, count: 4);

        Assert.Equal(expected, Check((short)(7 + epochChange), sequence));
    }

    [Fact]
    public void The_last_five_batches_are_recognised_with_their_offsets_and_older_ones_as_old()
    {
        for (int i = 0; i < 6; i++)
            Write(epoch: 0, sequence: i * 10, count: 10, offset: 100 + (i * 10));

        Assert.Equal("RepeatedLongAgo", Check(0, 0, count: 10));
        for (int i = 1; i < 6; i++)
        {
            var header = new BatchHeader(Batch(0, i * 10, 10, 0));
            Assert.Equal(SequenceCheck.Repeated, _states.Check(header, out var repeated));
            Assert.Equal(100 + (i * 10), repeated.BaseOffset);
        }
        Assert.Equal("OutOfOrder", Check(0, 10, count: 3)); // the number of a repeat, but not its batch
    }

    [Fact]
    public void Sequence_numbers_wrap_from_the_largest_integer_to_zero()
    {
        Write(epoch: 0, sequence: int.MaxValue - 1, count: 4, offset: 50);

        Assert.Equal("InOrder", Check(0, 2));
        Assert.Equal(SequenceCheck.Repeated, _states.Check(new BatchHeader(Batch(0, int.MaxValue - 1, 4, 0)), out var repeated));
        Assert.Equal(50, repeated.BaseOffset);
    }

    [Fact]
    public void A_newer_epoch_fences_the_older_one()
    {
        Write(epoch: 0, sequence: 0, count: 4);
        Write(epoch: 1, sequence: 0, count: 1);

        Assert.Equal("OldEpoch", Check(0, 4));
        Assert.Equal("InOrder", Check(1, 1));
    }

    [Fact]
    public void Who_was_silent_is_forgotten_and_may_begin_anywhere_again()
    {
        Write(epoch: 5, sequence: 0, count: 4, nowMs: 1000);
        _states.Expire(beforeMs: 1000);
        Assert.Equal("OutOfOrder", Check(5, 9));

        _states.Expire(beforeMs: 1001);

        Assert.Equal("InOrder", Check(5, 9));
        Assert.Empty(_states.All);
    }

    private void Write(short epoch, int sequence, int count, long offset = 0, long nowMs = 0) =>
        _states.Update(new BatchHeader(Batch(epoch, sequence, count, offset)), nowMs);

    private string Check(short epoch, int sequence, int count = 1) =>
        _states.Check(new BatchHeader(Batch(epoch, sequence, count, 0)), out _).ToString();

    private static byte[] Batch(short epoch, int sequence, int count, long offset)
    {
        var batch = TestBatch.Build([.. Enumerable.Repeat("x", count)], (42, epoch, sequence));
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(batch, offset);
        return batch;
    }
}
