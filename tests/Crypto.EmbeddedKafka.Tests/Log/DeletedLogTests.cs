using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.EmbeddedKafka.Tests.Log;

/// <summary>A topic that was deleted and made anew has its folder again, and somebody may still hold the old log.</summary>
public sealed class DeletedLogTests : IDisposable
{
    // Whatever has ended is too much.
    private static readonly LogSettings Settings = new() { SegmentBytes = 1, RetentionBytes = 0 };

    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void What_holds_the_old_log_writes_and_deletes_nothing_of_the_new_one()
    {
        var old = Open();
        old.Append(TestBatch.Build(["old"]));
        old.Append(TestBatch.Build(["old"]));
        Directory.Move(Folder, Folder + "~deleted");
        old.Leave();
        var anew = Open(Settings with { RetentionBytes = -1 });
        anew.Append(TestBatch.Build(["new"]));

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, old.Append(TestBatch.Build(["late"])).Error);
        Assert.False(old.DeleteBefore(1));
        old.Keep(new UnpackingMemory(64 << 20));

        anew.Close();
        var again = Open(Settings with { RetentionBytes = -1 });
        Assert.Equal((0, 1), (again.StartOffset, again.NextOffset));
        again.Close();
    }

    private string Folder => Path.Combine(_root.Path, "0");

    private PartitionLog Open(LogSettings? settings = null) =>
        PartitionLog.Open(Folder, settings ?? Settings, TimeProvider.System, NullLogger.Instance);
}
