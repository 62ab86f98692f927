using System.Buffers;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Storage.Raw;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Crypto.Storage.Tests.Raw;

/// <summary>A line of the archive holds a record's key and value to the byte, whatever they are.</summary>
public sealed class RawLineTests
{
    public static TheoryData<byte[]?> Values => new()
    {
        { null },
        { [] },
        { "{\"price\":\"1.10\"}"u8.ToArray() },
        { "{ \"spaces\" : [ 1 , 2 ] }"u8.ToArray() },
        { "\"läuft\""u8.ToArray() },
        { "{}x"u8.ToArray() },
        { "{\n}"u8.ToArray() },
        { [(byte)'"', 0xFF, (byte)'"'] },
        { [(byte)'"', 0xC3, (byte)'"'] },
        { [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'] },
        { [0, 1, 2, 0x7F, 0x80, 0xFF] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_comes_back_to_the_byte(byte[]? value) => Assert.Equal(value, ValueIn(Written("k"u8.ToArray(), value)));

    [Fact]
    public void Any_bytes_come_back_from_a_line_of_their_own() =>
        Prop.ForAll<byte[], byte[]>((key, value) =>
        {
            var line = Written(key, value);
            Assert.Equal(value, ValueIn(line));
            Assert.Equal(key, KeyIn(line));
            Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void JSON_stays_readable_as_it_was()
    {
        var line = Written("binance:BTCUSDT"u8.ToArray(), "{\"a\": 1}"u8.ToArray());

        Assert.Equal("{\"partition\":3,\"offset\":77,\"timestampMs\":1723161600437,\"key\":\"binance:BTCUSDT\",\"value\":{\"a\": 1}}\n", line);
    }

    [Fact]
    public void A_whole_line_tells_its_offset_and_a_torn_one_does_not()
    {
        var line = Encoding.UTF8.GetBytes(Written("k"u8.ToArray(), "{\"offset\":5}"u8.ToArray()).TrimEnd('\n'));

        Assert.Equal(77, RawLine.OffsetOf(line));
        for (var length = 0; length < line.Length; length++) Assert.Null(RawLine.OffsetOf(line.AsSpan(0, length)));
        Assert.Null(RawLine.OffsetOf("[1]"u8));
        Assert.Null(RawLine.OffsetOf("{\"offset\":\"77\"}"u8));
        Assert.Null(RawLine.OffsetOf("{\"offset\":7.5}"u8));
    }

    // The way a reader of the archive takes it: as lines of text.
    private static string Written(byte[]? key, byte[]? value)
    {
        var output = new ArrayBufferWriter<byte>();
        RawLine.Write(output, new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset("t", 3, 77),
            Message = new Message<byte[], byte[]>
            {
                Key = key!,
                Value = value!,
                Timestamp = new Timestamp(1_723_161_600_437, TimestampType.CreateTime),
            },
        });
        using var reader = new StreamReader(new MemoryStream(output.WrittenSpan.ToArray()));
        return reader.ReadToEnd();
    }

    private static byte[]? ValueIn(string line)
    {
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("valueBase64", out var bytes)) return bytes.GetBytesFromBase64();
        var value = json.RootElement.GetProperty("value");
        return value.ValueKind == JsonValueKind.Null ? null : Encoding.UTF8.GetBytes(value.GetRawText());
    }

    private static byte[]? KeyIn(string line)
    {
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("keyBase64", out var bytes)) return bytes.GetBytesFromBase64();
        return json.RootElement.GetProperty("key").GetString() is { } key ? Encoding.UTF8.GetBytes(key) : null;
    }
}
