using Crypto.Contracts;
using Xunit;

namespace Crypto.Storage.Tests;

public sealed class TradeBatchHandlerTests : IAsyncLifetime
{
    private Store _store = null!;

    public async Task InitializeAsync() => _store = await Store.CreateAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Every_field_of_a_trade_is_stored_as_it_was()
    {
        var trade = Records.Trade(42, quantity: 0.00012300m) with { Origin = TradeOrigin.Repair };
        await _store.StoreAsync(new TestLog().Add(Records.Value(trade)));

        await using var command = _store.Postgres.DataSource.CreateCommand("select * from market.trades");
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.Equal(
            new object[]
            {
                42L, 42L, 61685.99000000m, 0.00012300m, UnixTime.ToDateTime(trade.TradeTimeUs), UnixTime.ToDateTime(trade.EventTimeUs),
                UnixTime.ToDateTime(trade.ReceivedTimeUs), true, (short)1,
            },
            Enumerable.Range(1, 9).Select(row.GetValue));
        Assert.Equal("0.00012300", row.GetDecimal(4).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Every_decimal_is_stored_exactly_with_its_scale()
    {
        var random = new Random(11);
        decimal[] odd =
        [
            decimal.MaxValue, 1e-28m, 79228162514264337593543950.335m, 10000m, 9999.9999m, 0.0001m, 100000000m, 1.0000m, 12345678.9m,
            0.5000000000000000000000000001m, 18446744073709551615m, 18446744073709551616m, 1_000_000_000_000_000_000_000_000m,
        ];
        // The contract carries up to 28 digits: what always fits a decimal.
        decimal[] all =
        [
            .. odd.Where(FitsTheContract),
            .. Enumerable.Range(0, 2000).Select(_ => new decimal(
                random.Next(), random.Next(4) == 0 ? random.Next() : 0, random.Next(8) == 0 ? random.Next() : 0, false, (byte)random.Next(29)))
                .Where(value => value > 0 && FitsTheContract(value)),
        ];
        await _store.StoreAsync(new TestLog().Add(all.Select((value, i) => Records.Value(Records.Trade(i) with { Price = value, Quantity = value }))));

        var expected = all.Select(value => value.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, await _store.ListAsync<string>("select price::text from market.trades order by trade_id"));
        Assert.Equal(expected, await _store.ListAsync<string>("select quantity::text from market.trades order by trade_id"));
    }

    private static bool FitsTheContract(decimal value) =>
        value.ToString(System.Globalization.CultureInfo.InvariantCulture).Count(char.IsAsciiDigit) <= 28;

    [Fact]
    public async Task The_ledger_holds_one_range_while_ids_follow_one_another()
    {
        await _store.StoreAsync(new TestLog().Trades([10, 11, 12, 13, 14]), batchSize: 2);

        Assert.Equal("10..14", await _store.LedgerAsync());
        Assert.Equal([10, 11, 12, 13, 14], await _store.IdsAsync());
        Assert.Equal(14, await _store.Postgres.ScalarAsync<long>("select high_water from market.instruments"));
    }

    [Fact]
    public async Task A_repeat_inside_a_batch_and_across_batches_is_dropped()
    {
        await _store.StoreAsync(new TestLog().Trades([1, 2, 2, 1, 3, 3, 2, 4, 1, 4]), batchSize: 6);

        Assert.Equal([1, 2, 3, 4], await _store.IdsAsync());
        Assert.Equal("1..4", await _store.LedgerAsync());
    }

    [Fact]
    public async Task A_hole_stays_in_the_ledger_until_it_is_filled()
    {
        var log = new TestLog().Trades([1, 2, 5, 6, 9]);
        await _store.StoreAsync(log);
        Assert.Equal("1..2 5..6 9", await _store.LedgerAsync());

        await _store.StoreAsync(log.Trades([4, 3, 7]));
        Assert.Equal("1..7 9", await _store.LedgerAsync());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 9], await _store.IdsAsync());
    }

    [Fact]
    public async Task Instruments_do_not_mix()
    {
        var log = new TestLog().Trades([1, 2]);
        log.Add(Records.Value(Records.Trade(2, Records.Eth)), Records.Value(Records.Trade(7, Records.Eth)));
        await _store.StoreAsync(log);

        Assert.Equal("1..2", await _store.LedgerAsync());
        Assert.Equal("2 7", await _store.LedgerAsync(Records.Eth));
    }

    [Fact]
    public async Task A_trade_in_a_new_day_makes_its_partition()
    {
        var midnight = UnixTime.ToMicroseconds(new DateTime(2024, 8, 10, 0, 0, 0, DateTimeKind.Utc));
        var log = new TestLog().Add(
            Records.Value(Records.Trade(1, timeUs: midnight - 1)), Records.Value(Records.Trade(2, timeUs: midnight)));
        await _store.StoreAsync(log);

        Assert.Equal(["market.trades_20240809", "market.trades_20240810"],
            await _store.ListAsync<string>("select tableoid::regclass::text from market.trades order by trade_id"));
    }

    [Fact]
    public async Task An_id_of_a_dropped_day_is_still_a_duplicate()
    {
        var log = new TestLog().Trades([1, 2, 3]);
        var handler = await _store.StoreAsync(log);
        await _store.Postgres.ExecuteAsync("select market.drop_trades_before('2024-08-10')");

        await handler.HandleAsync(log.Trades([2, 4]).Batch(3), default);

        Assert.Equal([4], await _store.IdsAsync());
        Assert.Equal("1..4", await _store.LedgerAsync());
    }

    [Fact]
    public async Task Rows_that_the_ledger_does_not_know_are_not_doubled()
    {
        await _store.StoreAsync(new TestLog().Trades([1]));
        await _store.Postgres.ExecuteAsync(
            "insert into market.trades select instrument_id, 3, 3, price, quantity, trade_time, event_time, received_time, is_buyer_maker, origin from market.trades");

        await _store.StoreAsync(new TestLog().Trades([1, 2, 3, 4]));

        Assert.Equal([1, 2, 3, 4], await _store.IdsAsync());
        Assert.Equal("1..4", await _store.LedgerAsync());
    }

    [Fact]
    public async Task An_aggregate_covers_all_the_ids_it_stands_for()
    {
        var log = new TestLog().Add(Records.Value(Records.Trade(10, lastId: 14))).Trades([12, 15]);
        log.Add(Records.Value(Records.Trade(11, lastId: 13)));
        await _store.StoreAsync(log);

        Assert.Equal("10..15", await _store.LedgerAsync());
        Assert.Equal([10, 15], await _store.IdsAsync());
        Assert.Equal(14, await _store.Postgres.ScalarAsync<long>("select last_trade_id from market.trades where trade_id = 10"));
        Assert.Equal(5, await _store.Postgres.ScalarAsync<long>("select aggregated from market.coverage_aggregated"));
    }

    [Fact]
    public async Task A_batch_is_applied_once_however_often_it_is_offered()
    {
        var log = new TestLog().Trades([1, 2, 3]);
        var first = _store.Handler();
        var zombie = _store.Handler();
        await first.AssignAsync(log.Assigned, default);
        await zombie.AssignAsync(log.Assigned, default);
        await first.HandleAsync(log.Batch(0), default);

        await Assert.ThrowsAsync<FencedException>(() => zombie.HandleAsync(log.Batch(0, 2), default));

        Assert.Equal([1, 2, 3], await _store.IdsAsync());
        Assert.Equal(3, await _store.Postgres.ScalarAsync<long>("select next_offset from market.stream_offsets"));
    }

    [Fact]
    public async Task A_restart_goes_on_after_the_last_applied_record()
    {
        var log = new TestLog().Trades([1, 2, 3]);
        await _store.StoreAsync(log);
        log.Trades([4, 5]);

        var next = await _store.Handler().AssignAsync(log.Assigned, default);
        Assert.Equal(2, next); // The last applied record is read again, for comparison.
        await _store.StoreAsync(log);

        Assert.Equal("1..5", await _store.LedgerAsync());
        Assert.Equal(5, await _store.Postgres.ScalarAsync<long>("select next_offset from market.stream_offsets"));
    }

    [Fact]
    public async Task A_topic_made_anew_is_read_from_its_beginning()
    {
        await _store.StoreAsync(new TestLog().Trades([1, 2, 3, 4]));

        var anew = new TestLog(topicId: "second").Trades([3, 4, 5, 6, 7, 8]);
        Assert.Equal(0, await _store.Handler().AssignAsync(anew.Assigned, default));
        await _store.StoreAsync(anew);

        Assert.Equal("1..8", await _store.LedgerAsync());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], await _store.IdsAsync());
    }

    [Fact]
    public async Task A_shorter_log_is_read_from_its_beginning()
    {
        await _store.StoreAsync(new TestLog().Trades([1, 2, 3, 4]));

        var cut = new TestLog().Trades([1, 5]);
        await _store.StoreAsync(cut);

        Assert.Equal("1..5", await _store.LedgerAsync());
        Assert.Equal(2, await _store.Postgres.ScalarAsync<long>("select next_offset from market.stream_offsets"));
    }

    [Fact]
    public async Task A_log_with_another_record_at_the_last_place_is_read_from_its_beginning()
    {
        await _store.StoreAsync(new TestLog().Trades([1, 2, 3]));

        // The same id, as long as the old one: only the record itself tells that this is another log.
        var other = new TestLog().Trades([4, 5, 6, 7]);
        var handler = _store.Handler();
        var next = await handler.AssignAsync(other.Assigned, default);
        await Assert.ThrowsAsync<FencedException>(() => handler.HandleAsync(other.Batch(next), default));
        await _store.StoreAsync(other);

        Assert.Equal("1..7", await _store.LedgerAsync());
    }

    [Fact]
    public async Task A_void_id_is_covered_and_is_no_row()
    {
        var coverage = new TestLog(Topics.Coverage).Add(Records.Value(CoverageKind.Void, 3, 3, "zero price"));
        await _store.StoreAsync(new TestLog().Trades([1, 2, 4]));
        await _store.StoreAsync(coverage);
        await _store.StoreAsync(new TestLog(topicId: "again").Trades([1, 2, 3, 4, 5]));

        Assert.Equal("1..5", await _store.LedgerAsync());
        Assert.Equal([1, 2, 4, 5], await _store.IdsAsync());
        Assert.Equal("zero price", await _store.Postgres.ScalarAsync<string>("select reason from market.coverage_voids"));
    }

    [Fact]
    public async Task A_gap_is_open_until_the_ledger_covers_it()
    {
        var coverage = new TestLog(Topics.Coverage).Add(Records.Value(CoverageKind.GapFound, 3, 4, "reconnect"));
        var handler = await _store.StoreAsync(coverage);
        var log = new TestLog().Trades([1, 2, 5]);
        await _store.StoreAsync(log);
        // Its trades are still on their way, so that the event alone repairs nothing.
        await handler.HandleAsync(coverage.Add(Records.Value(CoverageKind.GapRepaired, 3, 4)).Batch(1), default);
        Assert.Equal(["3..4 open reconnect"], await _store.GapsAsync());

        await _store.StoreAsync(log.Trades([3, 4]));
        Assert.Equal(["3..4 repaired reconnect"], await _store.GapsAsync());
        Assert.NotNull(await _store.Postgres.ScalarAsync<DateTime?>("select repaired_at from market.coverage_gaps"));
    }

    [Fact]
    public async Task A_refused_gap_keeps_the_cause_of_the_refusal()
    {
        var coverage = new TestLog(Topics.Coverage).Add(
            Records.Value(CoverageKind.GapFound, 3, 4, "restart"), Records.Value(CoverageKind.GapRefused, 3, 4, "older than 2h"));
        await _store.StoreAsync(coverage);

        Assert.Equal(["3..4 refused older than 2h"], await _store.GapsAsync());
    }

    [Fact]
    public async Task Two_writers_of_one_instrument_store_each_id_once()
    {
        const int Count = 2000;
        var random = new Random(7);
        var logs = Enumerable.Range(0, 2).Select(partition =>
        {
            var ids = Enumerable.Range(1, Count).Select(id => (long)id).ToArray();
            random.Shuffle(ids);
            return new TestLog(partition: partition).Trades(ids);
        });

        await Task.WhenAll(logs.Select(log => _store.StoreAsync(log, batchSize: 97)));

        Assert.Equal($"1..{Count}", await _store.LedgerAsync());
        Assert.Equal(Count, (await _store.IdsAsync()).Count);
    }
}
