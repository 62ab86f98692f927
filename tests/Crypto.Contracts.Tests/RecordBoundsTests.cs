namespace Crypto.Contracts.Tests;

/// <summary>What the types allow and no exchange sends.</summary>
public sealed class RecordBoundsTests
{
    private const long Day = 1_723_161_600_000_000;
    private const string OffTime = "a time is before 2009 or after 2099; times are microseconds since 1970";
    private const string OffIds = "the trade ids are beyond 2^60, or more than a million at once";
    private static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");
    private static readonly Trade Good = new(Btc, 7, 7, 1, 1, Day, Day, Day, true, TradeOrigin.Stream);

    public static TheoryData<long> OffTimes => [0, Day / 1000, Day / 1_000_000, Day * 1000, long.MaxValue, 1_230_940_799_999_999, 4_102_444_800_000_000];

    [Fact]
    public void What_an_exchange_sends_is_within() => Assert.Null(RecordBounds.FaultOf(Good));

    [Theory]
    [InlineData(1_230_940_800_000_000)]
    [InlineData(4_102_444_799_999_999)]
    public void Times_from_2009_to_2099_are_within(long us) =>
        Assert.Null(RecordBounds.FaultOf(Good with { TradeTimeUs = us, EventTimeUs = us, ReceivedTimeUs = us }));

    [Theory]
    [MemberData(nameof(OffTimes))]
    public void A_time_in_another_unit_is_out_of_bounds_wherever_it_stands(long us)
    {
        Assert.Equal(OffTime, RecordBounds.FaultOf(Good with { TradeTimeUs = us }));
        Assert.Equal(OffTime, RecordBounds.FaultOf(Good with { EventTimeUs = us }));
        Assert.Equal(OffTime, RecordBounds.FaultOf(Good with { ReceivedTimeUs = us }));
        Assert.Equal(OffTime, RecordBounds.FaultOf(new CoverageEvent(Btc, CoverageKind.Void, 1, 2, "", us)));
    }

    [Theory]
    [InlineData(0, 999_999, null)]
    [InlineData(0, 1_000_000, OffIds)]
    [InlineData(1L << 60, 1L << 60, null)]
    [InlineData(1L << 60, (1L << 60) + 1, OffIds)]
    [InlineData(long.MaxValue, long.MaxValue, OffIds)]
    [InlineData(0, long.MaxValue, OffIds)]
    public void Ids_have_an_end_and_a_record_stands_for_so_many(long first, long last, string? fault)
    {
        Assert.Equal(fault, RecordBounds.FaultOf(Good with { TradeId = first, LastTradeId = last }));
        Assert.Equal(fault, RecordBounds.FaultOf(new CoverageEvent(Btc, CoverageKind.Void, first, last, "", Day)));
    }

    [Fact]
    public void A_gap_may_be_of_any_length() =>
        Assert.Null(RecordBounds.FaultOf(new CoverageEvent(Btc, CoverageKind.GapFound, 0, 1L << 60, "", Day)));
}
