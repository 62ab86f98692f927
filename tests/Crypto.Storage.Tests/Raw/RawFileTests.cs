using Crypto.Storage.Raw;
using Crypto.Testing;
using Xunit;

namespace Crypto.Storage.Tests.Raw;

/// <summary>The archive's files tell by their names what is in them; whatever else lies there is left alone.</summary>
public sealed class RawFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_found_again_under_the_name_it_was_given()
    {
        var open = RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), RawFile.LogOf("topic-id"), 2, 11, 77);
        Touch(open.Path);
        Assert.Equal(open, Assert.Single(RawFile.Of(_folder.Path)));
        Assert.Equal(new DateOnly(2024, 8, 9), open.Day);

        var closed = open.Closed(99);
        File.Move(open.Path, closed.Path);

        Assert.Equal(closed, Assert.Single(RawFile.Of(_folder.Path)));
        Assert.Equal((77, 99L, true), (closed.First, closed.Last, closed.IsClosed));
    }

    [Fact]
    public void Files_follow_one_another_by_day_partition_generation_and_offset()
    {
        var log = RawFile.LogOf("topic-id");
        RawFile[] expected =
        [
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), log, 0, 0, 5),
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), log, 0, 0, 10),
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), log, 1, 0, 0),
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), log, 0, 2, 0),
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 9), log, 0, 10, 0),
            RawFile.Open(_folder.Path, new DateOnly(2024, 8, 10), log, 0, 0, 0),
        ];
        foreach (var file in expected.Reverse()) Touch(file.Path);

        Assert.Equal(expected, RawFile.Of(_folder.Path));
    }

    [Theory]
    [InlineData("2024-08-09/notes.jsonl")]
    [InlineData("2024-08-09/0a1b2c3d-00-p000.jsonl")]
    [InlineData("2024-08-09/0a1b2c3d-00-q000-0000000000000000000.jsonl")]
    [InlineData("2024-08-09/0a1b2c3d-00-p000-0000000000000000000.jsonl.gz")]
    [InlineData("2024-08-09/0a1b2c3d-00-p000-0000000000000000000-0000000000000000009.jsonl.gz.tmp")]
    [InlineData("2024-08-09/0a1b2c3d--1-p000-0000000000000000000.jsonl")]
    [InlineData("backup/0a1b2c3d-00-p000-0000000000000000000.jsonl")]
    [InlineData("2024-13-40/0a1b2c3d-00-p000-0000000000000000000.jsonl")]
    [InlineData("0a1b2c3d-00-p000-0000000000000000000.jsonl")]
    public void What_is_no_file_of_the_archive_is_left_alone(string name)
    {
        Touch(Path.Combine(_folder.Path, name));

        Assert.Empty(RawFile.Of(_folder.Path));
    }

    [Fact]
    public void A_topic_that_was_never_archived_has_no_files() => Assert.Empty(RawFile.Of(Path.Combine(_folder.Path, "nowhere")));

    private static void Touch(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
