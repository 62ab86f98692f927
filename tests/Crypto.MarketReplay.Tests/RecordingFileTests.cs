using System.IO.Compression;
using System.Text;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;
using Crypto.Testing;

namespace Crypto.MarketReplay.Tests;

/// <summary>A recording is read as it was written, line for line, however it is packed.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private const long Ns = 1_723_161_600_000_000_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a\nb\n")]
    [InlineData("a\nb")]
    [InlineData("a\r\nb\r\n")]
    [InlineData("\na\n\n\nb\n\n")]
    public void Line_ends_and_empty_lines_do_not_matter(string shape)
    {
        var text = shape.Replace("a", $"{Ns} {{\"n\":1}}", StringComparison.Ordinal).Replace("b", $"{Ns + 1} two words", StringComparison.Ordinal);

        Assert.Equal([(Ns, "{\"n\":1}"), (Ns + 1, "two words")], Read(Write("plain.frames", Encoding.UTF8.GetBytes(text))));
    }

    [Theory]
    [InlineData("told-by-bytes.frames", true)]
    [InlineData("not-by-name.gz", false)]
    public void Compression_is_told_by_the_first_bytes(string name, bool compressed)
    {
        var bytes = Encoding.UTF8.GetBytes($"{Ns} {{}}\n");

        Assert.Equal([(Ns, "{}")], Read(Write(name, compressed ? Gzip(bytes) : bytes)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_line_longer_than_the_buffer_comes_whole(bool compressed)
    {
        var frame = "{\"long\":\"" + new string('x', 300_000) + "\"}";
        var bytes = Encoding.UTF8.GetBytes($"{Ns} {{}}\n{Ns} {frame}\n{Ns} {{}}\n");

        Assert.Equal([(Ns, "{}"), (Ns, frame), (Ns, "{}")], Read(Write("long.frames", compressed ? Gzip(bytes) : bytes)));
    }

    [Fact]
    public void An_archive_cut_anywhere_is_never_taken_for_a_whole_one()
    {
        var whole = Gzip(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"{Ns + i} {{\"n\":{i}}}\n"))));
        for (var length = 20; length < whole.Length; length += 7)
        {
            var file = Write("cut.gz", whole[..length]);

            var failure = Assert.Throws<FatalException>(() => Read(file));
            Assert.Contains("cut.gz is damaged", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_line_that_cannot_be_read_is_named()
    {
        var file = Write("bad.frames", Encoding.UTF8.GetBytes($"{Ns} {{}}\n\n12 {{}}\n"));

        var failure = Assert.Throws<FatalException>(() => Read(file));

        Assert.Equal(
            $"The recording {file} has an unreadable line 3: the receive time 12 is not in nanoseconds; a line is '<receive time in ns> <frame>'.",
            failure.Message);
    }

    private static List<(long ReceivedNs, string Frame)> Read(string file) =>
        [.. new RecordingFile(file).Read().Select(frame => (frame.ReceivedNs, Encoding.UTF8.GetString(frame.Frame.Span)))];

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
