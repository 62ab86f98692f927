using Crypto.Contracts;
using Crypto.Ingestion.Ledger;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Crypto.Ingestion.Tests.Exchange;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Ledger;

/// <summary>What a new life takes for lost: what the ledger lacks, but not what this life has published itself.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private readonly TrackedSymbol _symbol = new(new Instrument(Venues.Binance, "BTCUSDT"));
    private readonly RepairQueue _repairs = new();
    private TestPostgres _database = null!;

    public async Task InitializeAsync() => _database = await TestPostgres.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Ids_that_lie_before_the_first_one_of_this_life_are_missing_since_the_restart()
    {
        await CoverAsync((50, 80));
        Frames(100, 120);

        await ResumeAsync();

        Assert.Equal((new IdRange(81, 99), GapReasons.Restart), Assert.Single(Queued()));
    }

    [Fact]
    public async Task A_gap_that_is_being_filled_while_the_ledger_is_read_is_not_opened_a_second_time()
    {
        // 230 to 553 were missed by a reconnect and fetched; storage has come to 473 of them.
        await CoverAsync((50, 80), (100, 473), (554, 600));
        Frames(100, 229);
        Frames(554, 600);
        Assert.True(_symbol.Sequence.TryTake(new IdRange(230, 553)));

        await ResumeAsync();

        Assert.Equal((new IdRange(81, 99), GapReasons.Restart), Assert.Single(Queued()));
        Assert.Empty(_symbol.Sequence.MissingWithin(new IdRange(100, 600)));
    }

    [Fact]
    public async Task An_open_gap_of_an_earlier_life_keeps_its_row_and_its_cause()
    {
        await CoverAsync((50, 60), (71, 80));
        await _database.ExecuteAsync("""
            insert into market.coverage_gaps (instrument_id, first_id, last_id, reason, state, detected_at)
            select instrument_id, 61, 70, 'reconnect', 'open', now() from market.instruments
            """);
        Frames(100, 120);

        await ResumeAsync();

        Assert.Equal([(new IdRange(61, 70), GapReasons.Reconnect), (new IdRange(81, 99), GapReasons.Restart)], Queued());
    }

    private async Task CoverAsync(params (long First, long Last)[] ranges)
    {
        var id = await new InstrumentStore(_database.DataSource).GetOrCreateAsync(_symbol.Instrument, CancellationToken.None);
        foreach (var (first, last) in ranges)
            await _database.ExecuteAsync($"insert into market.coverage_ranges (instrument_id, first_id, last_id) values ({id}, {first}, {last})");
    }

    private void Frames(long first, long last)
    {
        for (var id = first; id <= last; id++) _symbol.Sequence.Observe(id, out _);
    }

    private IEnumerable<(IdRange, string)> Queued() => _repairs.TakeAll(_symbol).Select(gap => (gap.Range, gap.Reason));

    private async Task ResumeAsync()
    {
        var options = new IngestionOptions { FirstStartBackfill = TimeSpan.Zero };
        var ledger = new LedgerReader(_database.DataSource, new InstrumentStore(_database.DataSource));
        // Nobody is asked: without a horizon the ledger says where the store begins, and no log has an end to wait for.
        var rest = StubExchange.Client("http://127.0.0.1:1");
        using var topics = new KafkaTopics(
            Microsoft.Extensions.Options.Options.Create(new KafkaOptions { BootstrapServers = "127.0.0.1:1" }), NullLogger<KafkaTopics>.Instance);
        var resume = new Resume(
            ledger, new StorageProgress(topics, ledger, TimeProvider.System, NullLogger<StorageProgress>.Instance), rest,
            new TradeHistory(rest, false, NullLogger<TradeHistory>.Instance), _repairs,
            new MarketTime(MarketClock.Now, new SymbolTable([_symbol.Instrument]), TimeProvider.System), options, TimeProvider.System, NullLogger<Resume>.Instance);
        await resume.RunAsync([_symbol], new LogEnds(), CancellationToken.None);
    }
}
