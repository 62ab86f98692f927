using Crypto.Aggregation.Store;
using Crypto.Aggregation.Tests.Reference;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Aggregation.Tests.Live;

/// <summary>
/// Two, then three aggregation processes share twelve partitions, and one after the other is killed while half a million
/// trades (in a long run five million) of fifty symbols come in.
/// </summary>
public class KilledProcessesTests
{
    private const int Symbols = 50;
    private static readonly int TradesPerSymbol = TestScale.Count(5_000_000) / Symbols;
    private static readonly TimeSpan BetweenKills = TestScale.IsLong ? TimeSpan.FromSeconds(15) : TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Candles_equal_the_reference_although_processes_are_killed_and_others_join()
    {
        await using var broker = await TestBroker.StartAsync();
        await using var postgres = await TestPostgres.CreateAsync();
        await new MarketSourceStore(postgres.DataSource).EnsureAsync(
            new MarketSource("recorded", Venues.Binance, "test", MarketClock.Original), default);
        await EnsureTopicsAsync(broker);
        var trades = Enumerable.Range(0, Symbols).Select(SymbolTrades).ToList();
        var publishing = Task.Run(() => Publish(broker, trades));

        var processes = new List<StandaloneProcess> { Start(0, broker, postgres), Start(1, broker, postgres) };
        try
        {
            var total = (long)Symbols * TradesPerSymbol;
            // A kill needs work done before it, however slow the machine is.
            var step = TestScale.IsLong ? total / 20 : total / 3;
            for (var kills = 0; ; kills++)
            {
                if (await FoldedAsync(postgres, Math.Min(total, (kills + 1) * step), processes) == total) break;
                if (kills == 0) processes.Add(Start(2, broker, postgres));
                var victim = kills % 2;
                await processes[victim].KillAsync();
                await processes[victim].DisposeAsync();
                processes[victim] = Start(victim, broker, postgres);
            }
        }
        finally
        {
            foreach (var process in processes) await process.DisposeAsync();
        }
        await publishing;
        foreach (var symbol in trades)
            foreach (var interval in (Interval[])[Interval.OneMinute, Interval.OneHour])
                Assert.Equal(NaiveCandle.Fold(symbol, interval), await CandlesAsync(postgres, symbol[0].Instrument, interval));
    }

    private static List<Trade> SymbolTrades(int number)
    {
        var instrument = new Instrument(Venues.Binance, $"S{number:00}USDT");
        return [.. RandomTrades.Make(number, TradesPerSymbol, meanStepUs: 100_000, aggregates: 0).Select(t => t with { Instrument = instrument })];
    }

    // The symbols take turns, at a pace that leaves time for some kills.
    private static async Task Publish(TestBroker broker, List<List<Trade>> trades)
    {
        using var producer = KafkaClients.BuildProducer(new KafkaOptions { BootstrapServers = broker.BootstrapServers }, NullLoggerFactory.Instance);
        const int Slice = 500;
        for (var from = 0; from < TradesPerSymbol; from += Slice)
        {
            AggregationHost.Publish(producer, trades.SelectMany(t => t.Skip(from).Take(Slice)));
            await Task.Delay(100);
        }
    }

    private static StandaloneProcess Start(int number, TestBroker broker, TestPostgres postgres) => StandaloneProcess.Start(
        "up", "--roles", "aggregation", "--http", "0", "--kafka-bootstrap", broker.BootstrapServers, "--postgres", postgres.ConnectionString,
        "--data", Path.Combine(broker.Folder, $"process-{number}"), "--set", $"Aggregation:MemberId=aggregation-{number}",
        "--set", "Aggregation:SessionTimeout=00:00:06",
        // The symbols' times lie apart, and there is no storage here that a late trade could be computed anew from.
        "--set", "Aggregation:AllowedLateness=04:00:00");

    /// <summary>Waits until so many trades are folded, and at least for the time between kills while there are more to come.</summary>
    private static async Task<long> FoldedAsync(TestPostgres postgres, long atLeast, List<StandaloneProcess> processes)
    {
        var (folded, since) = (0L, DateTime.UtcNow);
        try
        {
            await Eventually.IsTrueAsync(IsFoldedAsync, $"{atLeast} trades folded", TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}, but {folded}\n{string.Join('\n', processes.Select(process => process.Output))}", e);
        }
        return folded;

        async Task<bool> IsFoldedAsync()
        {
            if (processes.Find(p => p.HasExited) is { } ended) throw new InvalidOperationException($"a process ended by itself:\n{ended.Output}");
            folded = await postgres.ScalarAsync<long>("select coalesce(sum(last_id - first_id + 1), 0)::bigint from market.aggregated_ranges");
            return folded >= atLeast && (folded == Symbols * (long)TradesPerSymbol || DateTime.UtcNow - since >= BetweenKills);
        }
    }

    private static async Task EnsureTopicsAsync(TestBroker broker)
    {
        var options = Microsoft.Extensions.Options.Options.Create(new KafkaOptions { BootstrapServers = broker.BootstrapServers });
        using var topics = new KafkaTopics(options, NullLogger<KafkaTopics>.Instance);
        await topics.EnsureAsync(default);
    }

    private static async Task<List<NaiveCandle>> CandlesAsync(TestPostgres postgres, Instrument instrument, Interval interval)
    {
        await using var select = postgres.DataSource.CreateCommand($"""
            select {CandleRows.Columns} from market.candles c join market.instruments i using (instrument_id)
            where i.symbol = '{instrument.Symbol}' and c.interval_s = {interval.LengthUs / 1_000_000} and c.trade_count > 0 order by c.open_time
            """);
        await using var rows = await select.ExecuteReaderAsync();
        return [.. (await CandleRows.ReadAllAsync(rows, default)).Select(row => NaiveCandle.Of(row.ToCandle(instrument)))];
    }
}
