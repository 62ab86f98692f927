using System.Text;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Storage.Trades;
using Xunit;

namespace Crypto.Storage.Tests;

/// <summary>Whatever is in a record, it becomes a trade, a coverage event or a dead letter with its reason.</summary>
public sealed class ReadBatchTests
{
    private static readonly long Year2008 = UnixTime.ToMicroseconds(new DateTime(2008, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private static readonly long Year2100 = UnixTime.ToMicroseconds(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    private readonly ReadBatch _read = new();

    public static TheoryData<byte[]?, string> BadCoverage => new()
    {
        { null, "no coverage event: " },
        { [], "no coverage event: " },
        { "[]"u8.ToArray(), "no coverage event: not a JSON object" },
        { Coverage("\"timeUs\":\"soon\""), "no coverage event: timeUs is missing" },
        { Coverage("\"reason\":7"), "no coverage event: reason is missing" },
        { Coverage("\"reason\":\"\\ud800\""), "no coverage event: a field holds half a character" },
        { Coverage($"\"timeUs\":{Year2100}"), "a time is before 2009 or after 2099" },
        { Coverage("\"lastTradeId\":1152921504606846977"), "the trade ids are beyond 2^60" },
        { Records.Value(CoverageKind.Void, 1, 1_000_001), "the trade ids are beyond 2^60, or more than a million at once" },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_trade_from_before_the_first_or_after_the_last_year_is_a_dead_letter(int which)
    {
        foreach (var time in (long[])[Year2008, Year2100, 1_723_161_600_000]) // the last one is in milliseconds
        {
            var trade = Records.Trade(7);
            trade = which switch
            {
                0 => trade with { TradeTimeUs = time },
                1 => trade with { EventTimeUs = time },
                _ => trade with { ReceivedTimeUs = time },
            };

            Read(Topics.Trades, Records.Value(trade));

            Assert.Equal("a time is before 2009 or after 2099; times are microseconds since 1970", Assert.Single(_read.Poison).Reason);
            Assert.True(_read.Trades.IsEmpty);
        }
    }

    [Theory]
    [InlineData(1L << 60, true)]
    [InlineData((1L << 60) + 1, false)]
    [InlineData(long.MaxValue, false)]
    public void Ids_have_a_bound_that_leaves_room_for_sums(long id, bool isTrade)
    {
        Read(Topics.Trades, Records.Value(Records.Trade(id, timeUs: Year2100 - 1) with { EventTimeUs = Year2100 - 1, ReceivedTimeUs = Year2100 - 1 }));

        Assert.Equal((isTrade ? 1 : 0, isTrade ? 0 : 1), (_read.Trades.Length, _read.Poison.Count));
    }

    [Fact]
    public void An_aggregate_of_more_than_a_million_ids_is_a_dead_letter()
    {
        Read(Topics.Trades, Records.Value(Records.Trade(1, lastId: 1_000_000)), Records.Value(Records.Trade(1, lastId: 1_000_001)));

        Assert.Equal(1_000_000, Assert.Single(_read.Trades.ToArray()).Count);
        Assert.Single(_read.Poison);
    }

    [Theory]
    [MemberData(nameof(BadCoverage))]
    public void What_is_no_coverage_event_is_a_dead_letter(byte[]? value, string reason)
    {
        Read(Topics.Coverage, value!);

        Assert.StartsWith(reason, Assert.Single(_read.Poison).Reason, StringComparison.Ordinal);
        Assert.Empty(_read.Coverage);
    }

    [Fact]
    public void A_record_without_a_value_is_a_dead_letter()
    {
        Read(Topics.Trades, [null!]);

        Assert.StartsWith("not JSON", Assert.Single(_read.Poison).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_before_the_stored_offset_are_skipped_and_the_last_trade_is_remembered()
    {
        var log = new TestLog().Trades([10, 11, 12]);

        var last = _read.Read(log.Batch(0), [2]);

        Assert.Equal([12L], _read.Trades.ToArray().Select(trade => trade.TradeId));
        Assert.Equal([12L], last);
        Assert.Equal([null], _read.Read(log.Batch(0), [3]));
    }

    [Fact]
    public void Good_records_go_on_past_bad_ones_in_their_order()
    {
        Read(Topics.Trades, Records.Value(Records.Trade(1)), "rubbish"u8.ToArray(), Records.Value(Records.Trade(2)), []);

        Assert.Equal([1L, 2L], _read.Trades.ToArray().Select(trade => trade.TradeId));
        Assert.Equal([1L, 3L], _read.Poison.Select(letter => letter.Record.Offset.Value));
    }

    private static byte[] Coverage(string field)
    {
        var good = Encoding.UTF8.GetString(Records.Value(CoverageKind.GapFound, 1, 2));
        var name = field[..(field.IndexOf(':', StringComparison.Ordinal) + 1)];
        var start = good.IndexOf(name, StringComparison.Ordinal);
        var end = good.IndexOfAny([',', '}'], start);
        return Encoding.UTF8.GetBytes(good[..start] + field + good[end..]);
    }

    private void Read(string topic, params byte[][] values)
    {
        var assigned = new AssignedPartition(topic, 0, "first", 0, values.Length);
        var records = values.Select((value, offset) => Records.Record(topic, 0, offset, value)).ToList();
        _read.Read(new RecordBatch([new PartitionRecords(assigned, 0, values.Length, records)]), [0]);
    }
}
