using System.Buffers;
using System.Text;
using Confluent.Kafka;
using Crypto.Aggregation.Running;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Aggregation.Tests.Reference;

/// <summary>
/// A migrated database and the aggregation's handler on it, as one process has them. The log is in memory and cut into
/// batches by the test; the database is a real one.
/// </summary>
internal sealed class TestMarket : IAsyncDisposable
{
    private readonly bool _ownsPostgres;
    private readonly List<ConsumeResult<byte[], byte[]>> _log;
    private readonly ServiceProvider _services;
    private readonly InstrumentStore _instruments;

    private TestMarket(
        TestPostgres postgres, bool ownsPostgres, List<ConsumeResult<byte[], byte[]>> log, string[] intervals,
        params (string Name, string Value)[] more)
    {
        (Postgres, _ownsPostgres, _log) = (postgres, ownsPostgres, log);
        _instruments = new InstrumentStore(postgres.DataSource);
        var settings = intervals.Select((name, i) => KeyValuePair.Create($"Aggregation:Intervals:{i}", (string?)name))
            .Append(new("Kafka:BootstrapServers", "127.0.0.1:1")).Append(new("Kafka:Client:log_level", "0"))
            .Concat(more.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<NpgsqlDataSource>(postgres.DataSource);
        services.AddKafkaClients(configuration);
        services.AddAggregation(configuration);
        services.AddSingleton<ITradeLog>(new MemoryLog(log));
        _services = services.BuildServiceProvider();
        Time.Source = new MarketSource("recorded", Venues.Binance, "test", MarketClock.Original);
    }

    public static readonly string[] AllIntervals = ["1s", "1m", "5m", "15m", "1h", "4h", "1d"];

    public TestPostgres Postgres { get; }

    public AggregationHandler Handler => _services.GetRequiredService<AggregationHandler>();

    public IdleWork Idle => _services.GetRequiredService<IdleWork>();

    public MarketTime Time => _services.GetRequiredService<MarketTime>();

    public OwnedInstruments Owned => _services.GetRequiredService<OwnedInstruments>();

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The next offset to apply.</summary>
    public long Position { get; private set; }

    public static async Task<TestMarket> CreateAsync(params string[] intervals) =>
        new(await TestPostgres.CreateAsync(), true, [], intervals.Length == 0 ? AllIntervals : intervals);

    /// <summary>A market of its own whose statements are prepared, for those who run them thousands of times.</summary>
    public static async Task<TestMarket> PreparedAsync(params string[] intervals) =>
        new(await TestPostgres.CreateAsync(prepares: true), true, [], intervals);

    /// <summary>A market of its own with a setting of the aggregation.</summary>
    public static async Task<TestMarket> WithAsync(string setting, string value, params string[] intervals) =>
        new(await TestPostgres.CreateAsync(), true, [], intervals, ($"Aggregation:{setting}", value));

    /// <summary>The same on a database that the caller owns.</summary>
    public static Task<TestMarket> OnAsync(TestPostgres postgres, params string[] intervals) =>
        Task.FromResult(new TestMarket(postgres, false, [], intervals));

    /// <summary>Another process on the same database and log: what a restart sees, or a second consumer.</summary>
    public TestMarket Again(params string[] intervals) => new(Postgres, false, _log, intervals.Length == 0 ? AllIntervals : intervals);

    /// <summary>Appends trades to the log.</summary>
    public void Publish(params IEnumerable<Trade> trades)
    {
        foreach (var trade in trades)
        {
            var value = new ArrayBufferWriter<byte>();
            TradeJson.Write(value, trade);
            Append(Topics.Trades, value.WrittenSpan.ToArray());
        }
    }

    public async Task AssignAsync() => Position = await Handler.AssignAsync(Partition(Topics.Trades), default);

    /// <summary>The partition is taken away, and with it what memory holds of its instruments.</summary>
    public Task RevokeAsync() => Handler.RevokeAsync(Partition(Topics.Trades), default);

    /// <summary>Applies the rest of the log in batches.</summary>
    public async Task ApplyAsync(int batchSize = int.MaxValue)
    {
        await AssignAsync();
        while (Position < _log.Count) await ApplyNextAsync(batchSize);
    }

    /// <summary>Applies one batch.</summary>
    public async Task ApplyNextAsync(int batchSize)
    {
        var records = _log.Skip((int)Position).Take(batchSize).ToList();
        var batch = new PartitionRecords(Partition(Topics.Trades), Position, Position + records.Count, records);
        await Handler.HandleAsync(new RecordBatch([batch]), default);
        Position += records.Count;
    }

    /// <summary>Applies a coverage event, which has a topic of its own.</summary>
    public async Task ApplyAsync(CoverageEvent coverage, long offset = 0)
    {
        var value = new ArrayBufferWriter<byte>();
        CoverageJson.Write(value, coverage);
        var partition = Partition(Topics.Coverage);
        if (offset == 0) await Handler.AssignAsync(partition, default);
        var record = Record(Topics.Coverage, offset, value.WrittenSpan.ToArray());
        await Handler.HandleAsync(new RecordBatch([new PartitionRecords(partition, offset, offset + 1, [record])]), default);
    }

    /// <summary>What storage would have done: the trades and their ledger.</summary>
    public async Task StoreAsync(params IEnumerable<Trade> trades)
    {
        var rows = trades.ToList();
        var ids = new List<int>();
        foreach (var trade in rows) ids.Add(await _instruments.GetOrCreateAsync(trade.Instrument, default));
        foreach (var day in rows.Select(t => UnixTime.ToDateTime(t.TradeTimeUs).Date).Distinct())
            await Postgres.ExecuteAsync($"select market.ensure_trades_day('{day:yyyy-MM-dd}')");
        await using var insert = Postgres.DataSource.CreateCommand("""
            insert into market.trades
            select n, i, l, p, q, t, t, t, m, 0 from unnest($1, $2, $3, $4, $5, $6, $7) as r (n, i, l, p, q, t, m)
            """);
        insert.Parameters.AddWithValue(ids.ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => t.TradeId).ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => t.LastTradeId).ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => t.Price).ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => t.Quantity).ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => UnixTime.ToDateTime(t.TradeTimeUs)).ToArray());
        insert.Parameters.AddWithValue(rows.Select(t => t.IsBuyerMaker).ToArray());
        await insert.ExecuteNonQueryAsync();
        var stored = string.Join(", ", ids.Distinct());
        await Postgres.ExecuteAsync($"""
            delete from market.coverage_ranges where instrument_id in ({stored});
            insert into market.coverage_ranges
            select instrument_id, lower(r), upper(r) - 1 from (
                select instrument_id, unnest(range_agg(int8range(trade_id, last_trade_id, '[]'))) as r
                from market.trades where instrument_id in ({stored}) group by instrument_id) t
            """);
    }

    /// <summary>The candles of one interval, oldest first.</summary>
    public async Task<List<Candle>> CandlesAsync(Interval interval, bool withFlat = false)
    {
        var instruments = (await _instruments.AllAsync(default)).ToDictionary(known => known.Value, known => known.Key);
        await using var select = Postgres.DataSource.CreateCommand($"""
            select {Aggregation.Store.CandleRows.Columns} from market.candles c
            where interval_s = {interval.LengthUs / 1_000_000} and (trade_count > 0 or {withFlat}) order by open_time
            """);
        await using var rows = await select.ExecuteReaderAsync();
        var candles = new List<Candle>();
        while (await rows.ReadAsync()) candles.Add(Aggregation.Store.CandleRows.Read(rows).ToCandle(instruments[rows.GetInt32(0)]));
        return candles;
    }

    /// <summary>The states that settled candles had before, oldest first.</summary>
    public async Task<List<Candle>> RevisionsAsync(Interval interval)
    {
        await using var select = Postgres.DataSource.CreateCommand($"""
            select candle::text from market.candle_revisions where interval_s = {interval.LengthUs / 1_000_000} order by open_time, revision
            """);
        await using var rows = await select.ExecuteReaderAsync();
        var revisions = new List<Candle>();
        while (await rows.ReadAsync()) revisions.Add(CandleJson.Read(Encoding.UTF8.GetBytes(rows.GetString(0))));
        return revisions;
    }

    /// <summary>Everything the exchange would say of every candle, one line each: the canonical form that must not differ.</summary>
    public async Task<string> CanonicalAsync()
    {
        var text = new StringBuilder();
        foreach (var interval in Interval.All)
            foreach (var c in await CandlesAsync(interval, withFlat: true))
                text.AppendLine($"{c.Key} {c.OpenTimeUs} {c.Open} {c.High} {c.Low} {c.Close} {c.Volume} {c.QuoteVolume} {c.Vwap} {c.TradeCount} " +
                    $"{c.TakerBuyVolume} {c.TakerBuyQuoteVolume} {c.FirstTradeId} {c.LastTradeId} {c.Complete}");
        return text.ToString();
    }

    /// <summary>The candles with trades as the naive reference writes them.</summary>
    public async Task<List<NaiveCandle>> NaiveAsync(Interval interval) =>
        [.. (await CandlesAsync(interval)).Select(NaiveCandle.Of)];

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsPostgres) await Postgres.DisposeAsync();
    }

    private AssignedPartition Partition(string topic) => new(topic, 0, "log", 0, topic == Topics.Trades ? _log.Count : 1000);

    private void Append(string topic, byte[] value) => _log.Add(Record(topic, _log.Count, value));

    private static ConsumeResult<byte[], byte[]> Record(string topic, long offset, byte[] value) => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(topic, 0, offset),
        Message = new Message<byte[], byte[]> { Key = [], Value = value },
    };

    private sealed class MemoryLog(List<ConsumeResult<byte[], byte[]>> log) : ITradeLog
    {
        public Task<IReadOnlyDictionary<int, long>> EndsAsync(IReadOnlyList<int> partitions, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyDictionary<int, long>>(partitions.ToDictionary(partition => partition, _ => (long)log.Count));
    }
}
