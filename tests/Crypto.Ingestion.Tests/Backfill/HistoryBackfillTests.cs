using Crypto.Contracts;
using Crypto.Ingestion.Backfill;
using Crypto.Ingestion.Ledger;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Sequencing;
using Crypto.Ingestion.Tests.Exchange;
using Crypto.Ingestion.Tests.Roles;
using Crypto.Kafka;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Archives;
using Crypto.MarketReplay.Recordings;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Backfill;

/// <summary>History goes through the real broker and the real store; the ledger tells what is still to be sent.</summary>
public sealed class HistoryBackfillTests : IAsyncLifetime
{
    private static readonly Instrument Btc = new(Venues.Binance, "BTCUSDT");
    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _producers = [];
    private Platform _platform = null!;

    public async Task InitializeAsync()
    {
        _platform = await Platform.StartAsync();
        await _platform.StartRolesAsync(ingestion: false);
    }

    public async Task DisposeAsync()
    {
        foreach (var producer in _producers) producer.Dispose();
        await _platform.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_that_was_given_up_half_way_is_taken_up_where_the_ledger_ends()
    {
        var (file, extent) = Archive(ArchiveKind.Trades);
        using (var stop = new CancellationTokenSource())
        {
            var first = Start("http://127.0.0.1:1");
            var sending = first.SendAsync(file, default, extent.Ids!.Value, new IdRangeSet(), stop.Token);
            await Task.WhenAny(sending, Eventually.IsTrueAsync(() => first.Missing < extent.Rows - 100));
            await stop.CancelAsync();
            await sending.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
        await _platform.UntilAsync("select count(*) > 0 from market.trades", true);

        var covered = await CoveredAsync();
        var second = Start("http://127.0.0.1:1");
        await second.SendAsync(file, default, extent.Ids!.Value, covered, default);

        await AssertWholeAsync();
        await _platform.UntilAsync("select count(*) from market.coverage_gaps where state <> 'repaired' or reason <> 'backfill'", 0L);
        Assert.Equal((short)TradeOrigin.Backfill, await _platform.Database.ScalarAsync<short>("select min(origin) from market.trades"));
    }

    [Fact]
    public async Task Aggregates_fill_what_single_trades_left_and_the_rest_of_a_half_stored_one_is_refused_with_its_cause()
    {
        var (trades, extent) = Archive(ArchiveKind.Trades);
        var half = trades.Read().ElementAt(5000).TimeUs;
        await Start("http://127.0.0.1:1").SendAsync(trades, new TimeSpanUs(null, half), ArchiveExtent.Of(trades, new TimeSpanUs(null, half)).Ids!.Value, new IdRangeSet(), default);
        await _platform.UntilAsync("select count(*) from market.coverage_ranges", 1L);
        await _platform.UntilAsync("select count(*) > 0 from market.coverage_gaps where state = 'repaired'", true);

        var backfill = Start("http://127.0.0.1:1");
        await backfill.SendAsync(Archive(ArchiveKind.AggTrades).File, default, extent.Ids!.Value, await CoveredAsync(), default);

        var refused = backfill.GivenUp.Sum(range => range.Count);
        await _platform.UntilAsync("select sum(last_trade_id - trade_id + 1)::bigint from market.trades", extent.Rows - refused, TimeSpan.FromSeconds(60));
        Assert.InRange(refused, 0, 50);
        Assert.True(await _platform.Database.ScalarAsync<bool>("select count(*) > 100 from market.trades where last_trade_id > trade_id"));
    }

    [Fact]
    public async Task Ids_that_a_file_leaves_out_are_refused_with_the_files_name_and_REST_fetches_them_later()
    {
        var (whole, extent) = Archive(ArchiveKind.Trades);
        var path = Path.Combine(_folder.Path, "holes.csv");
        await File.WriteAllLinesAsync(path, File.ReadLines(whole.Path).Where((_, i) => i is < 2000 or > 2040));
        var first = Start("http://127.0.0.1:1");
        await first.SendAsync(new ArchiveFile(path), default, extent.Ids!.Value, new IdRangeSet(), default);

        Assert.Equal(41, Assert.Single(first.GivenUp).Count);
        await _platform.UntilAsync("select count(*) from market.coverage_gaps where state = 'refused' and reason like '41 of its % trades are not in holes.csv%'", 1L, TimeSpan.FromSeconds(60));

        await _platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = double.PositiveInfinity });
        await PlayAsync();
        var second = Start(_platform.Market!.Url);
        var ids = await second.IdsOfAsync(new TimeSpanUs(0, null), default);
        Assert.Equal(extent.Ids, ids);
        await second.FetchAsync(ids!.Value, await CoveredAsync(), default);

        await AssertWholeAsync();
        await _platform.UntilAsync("select count(*) from market.coverage_gaps where state <> 'repaired'", 0L, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_ids_of_a_span_are_the_exchanges_from_the_first_of_its_time_to_before_its_end()
    {
        await _platform.OpenMarketAsync(new MarketReplayOptions { Recordings = [TestData.PathOf(TestData.SpotBtcusdt)], Speed = double.PositiveInfinity });
        await PlayAsync();
        var truth = RecordedTruth.Of([new RecordingFile(TestData.PathOf(TestData.SpotBtcusdt))], Venues.Binance);
        var trades = truth.Trades(Btc).ToList();
        var (from, to) = (trades[0].TradeTimeUs + 60_000_000, trades[0].TradeTimeUs + 120_000_000);

        var ids = await Start(_platform.Market!.Url).IdsOfAsync(new TimeSpanUs(from, to), default);

        var expected = trades.Where(trade => trade.TradeTimeUs >= from && trade.TradeTimeUs < to).Select(trade => trade.TradeId).ToList();
        Assert.Equal(new IdRange(expected[0], expected[^1]), ids);
        Assert.Null(await Start(_platform.Market.Url).IdsOfAsync(new TimeSpanUs(trades[^1].TradeTimeUs + 1_000_000, null), default));
    }

    // REST shows what the sockets were sent: somebody has to listen.
    private async Task PlayAsync()
    {
        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(new Uri(_platform.Market!.Url.Replace("http", "ws", StringComparison.Ordinal) + "/ws/btcusdt@trade"), default);
        var buffer = new byte[1 << 16];
        while (_platform.Market.Status.State != MarketReplay.Clocks.ReplayState.Ended) await socket.ReceiveAsync(buffer.AsMemory(), default);
    }

    private (ArchiveFile File, ArchiveExtent Extent) Archive(ArchiveKind kind)
    {
        var path = Path.Combine(_folder.Path, PublicArchive.NameOf("BTCUSDT", kind, new DateOnly(2024, 8, 9)) + ".csv");
        PublicArchive.Write(new RecordingFile(TestData.PathOf(TestData.SpotBtcusdt)), Venues.Binance, "BTCUSDT", kind, path);
        var file = new ArchiveFile(path);
        return (file, ArchiveExtent.Of(file, default));
    }

    private HistoryBackfill Start(string exchange)
    {
        var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = _platform.Broker.BootstrapServers }, NullLoggerFactory.Instance);
        _producers.Add(producer);
        return new HistoryBackfill(Btc, StubExchange.Client(exchange), producer, new IngestionOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    }

    private async Task<IdRangeSet> CoveredAsync() =>
        (await new LedgerReader(_platform.Database.DataSource, new InstrumentStore(_platform.Database.DataSource)).ReadAsync(Btc, default)).Covered;

    private async Task AssertWholeAsync()
    {
        var truth = RecordedTruth.Of([new RecordingFile(TestData.PathOf(TestData.SpotBtcusdt))], Venues.Binance);
        await _platform.UntilAsync("select count(*) from market.trades", 10_147L, TimeSpan.FromSeconds(60));
        await _platform.UntilAsync("select count(*) from market.coverage_ranges", 1L, TimeSpan.FromSeconds(60));
        Assert.Equal(truth.Trades(Btc).Sum(trade => trade.Quantity), await _platform.Database.ScalarAsync<decimal>("select sum(quantity) from market.trades"));
    }
}
