using Crypto.Contracts;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Crypto.Ingestion.Streams;
using Crypto.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Exchange;

public sealed class NewestIdsTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private readonly RepairQueue _repairs = new();
    private readonly TrackedSymbol _symbol = new(new Instrument(Venues.Binance, "BTCUSDT"));
    private bool _isHeldBack;

    [Fact]
    public async Task Frames_that_were_still_in_the_socket_make_no_gap_of_rests_answer()
    {
        await using var exchange = await ExchangeAtAsync(200);
        Frame(100);

        var asking = Ask(exchange, quiet: TimeSpan.FromMinutes(1));
        await Eventually.IsTrueAsync(() => _answered);
        for (var id = 101L; id <= 200; id++)
        {
            Frame(id);
            await Task.Yield();
        }

        Assert.Empty(await asking);
        Assert.Empty(_repairs.TakeAll(_symbol));
    }

    [Fact]
    public async Task A_stream_that_stays_quiet_is_behind()
    {
        await using var exchange = await ExchangeAtAsync(200);
        Frame(100);

        Assert.Equal([_symbol], await Ask(exchange));

        Assert.Equal(new IdRange(101, 200), Assert.Single(_repairs.TakeAll(_symbol)).Range);
    }

    [Fact]
    public async Task A_reader_that_waits_for_kafka_is_not_taken_for_a_quiet_stream()
    {
        await using var exchange = await ExchangeAtAsync(200);
        Frame(100);
        _isHeldBack = true;

        var asking = Ask(exchange);
        await Assert.ThrowsAsync<TimeoutException>(() => asking.WaitAsync(3 * Quiet));
        _isHeldBack = false;

        Assert.Equal([_symbol], await asking);
    }

    private bool _answered;

    private Task<IReadOnlyList<TrackedSymbol>> Ask(StubExchange exchange, TimeSpan? quiet = null) =>
        new NewestIds(StubExchange.Client(exchange.Url), _repairs, () => _isHeldBack, quiet ?? Quiet, TimeProvider.System, NullLogger<NewestIds>.Instance)
            .AskAsync([_symbol], GapReasons.Reconnect, default);

    private void Frame(long id)
    {
        _symbol.Sequence.Observe(id, out _);
        _symbol.FrameSeen(UnixTime.NowMicroseconds(TimeProvider.System));
    }

    private Task<StubExchange> ExchangeAtAsync(long newestId) => StubExchange.StartAsync(async context =>
    {
        await context.Response.WriteAsync(
            $$"""[{"id":{{newestId}},"price":"1","qty":"1","time":1723161601437,"isBuyerMaker":true}]""");
        _answered = true;
    });
}
