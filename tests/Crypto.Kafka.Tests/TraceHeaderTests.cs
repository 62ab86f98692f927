using System.Diagnostics;
using Confluent.Kafka;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>A trace goes on through Kafka for the records that are sampled, and costs the others nothing.</summary>
public sealed class TraceHeaderTests : IDisposable
{
    private readonly ActivitySource _source = new($"test {Guid.NewGuid()}");
    private readonly Activity _sampled = new Activity("produce").SetIdFormat(ActivityIdFormat.W3C);

    public TraceHeaderTests()
    {
        _sampled.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        _sampled.Start();
    }

    public void Dispose()
    {
        _sampled.Dispose();
        _source.Dispose();
    }

    [Fact]
    public void The_context_is_the_same_on_the_other_side_and_marked_as_remote()
    {
        _sampled.TraceStateString = "vendor=value";

        Assert.True(TraceHeaders.TryRead(TraceHeaders.Of(_sampled), out var context));

        Assert.Equal((_sampled.TraceId, _sampled.SpanId, "vendor=value"), (context.TraceId, context.SpanId, context.TraceState));
        Assert.True(context.IsRemote);
        Assert.Equal(ActivityTraceFlags.Recorded, context.TraceFlags);
    }

    [Fact]
    public void Without_an_activity_there_are_no_headers() => Assert.Null(TraceHeaders.Of(null));

    [Theory]
    [InlineData("")]
    [InlineData("00-short-00")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("\u0000\u00ff")]
    public void A_parent_that_is_none_is_ignored(string parent)
    {
        var headers = new Headers { { TraceHeaders.TraceParent, [.. parent.Select(c => (byte)c)] } };

        Assert.False(TraceHeaders.TryRead(headers, out _));
        Assert.False(TraceHeaders.TryRead([], out _));
    }

    [Fact]
    public void A_batch_goes_on_with_its_first_sampled_record_and_is_linked_to_the_others()
    {
        using var listener = Listen();
        var batch = new RecordBatch(
        [
            Records(0, Record(null), Record(Headers(1)), Record([])),
            Records(1, Record(Headers(2)), Record(Headers(3))),
        ]);

        using var activity = TraceHeaders.StartConsumer(_source, "handle", batch);

        Assert.Equal(("handle", ActivityKind.Consumer, SpanOf(1)), (activity!.OperationName, activity.Kind, activity.ParentSpanId.ToHexString()));
        Assert.Equal([SpanOf(2), SpanOf(3)], activity.Links.Select(link => link.Context.SpanId.ToHexString()));
        Assert.Equal(5, batch.Count);
    }

    [Fact]
    public void A_large_batch_is_linked_to_no_more_records_than_tools_show()
    {
        using var listener = Listen();
        var batch = new RecordBatch([Records(0, [.. Enumerable.Range(1, 500).Select(span => Record(Headers(span)))])]);

        using var activity = TraceHeaders.StartConsumer(_source, "handle", batch);

        Assert.Equal(127, activity!.Links.Count());
    }

    [Fact]
    public void What_was_not_sampled_starts_no_activity()
    {
        using var listener = Listen();

        Assert.Null(TraceHeaders.StartConsumer(_source, "handle", new RecordBatch([Records(0, Record(null), Record([]))])));
        Assert.Null(TraceHeaders.StartConsumer(_source, "handle", (Headers?)null));
    }

    [Fact]
    public void Where_nobody_listens_no_activity_is_started()
    {
        Assert.Null(TraceHeaders.StartConsumer(_source, "handle", new RecordBatch([Records(0, Record(Headers(1)))])));
        Assert.Null(TraceHeaders.StartConsumer(_source, "handle", Headers(1)));
    }

    [Fact]
    public void A_single_record_goes_on_with_its_own_trace()
    {
        using var listener = Listen();

        using var activity = TraceHeaders.StartConsumer(_source, "handle", Headers(7));

        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", SpanOf(7)), (activity!.TraceId.ToHexString(), activity.ParentSpanId.ToHexString()));
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static string SpanOf(int number) => $"{number:x16}";

    private static Headers Headers(int span) =>
        new() { { TraceHeaders.TraceParent, System.Text.Encoding.ASCII.GetBytes($"00-0af7651916cd43dd8448eb211c80319c-{span:x16}-01") } };

    private static ConsumeResult<byte[], byte[]> Record(Headers? headers) =>
        new() { Message = new Message<byte[], byte[]> { Value = [1], Headers = headers } };

    private static PartitionRecords Records(int partition, params ConsumeResult<byte[], byte[]>[] records) =>
        new(new AssignedPartition("t", partition, "id", 0, 10), 0, records.Length, records);
}
