using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Storage.Tests;

/// <summary>A migrated database with handlers on it, and questions about what is in it.</summary>
internal sealed class Store : IAsyncDisposable
{
    private readonly StorageMetrics _metrics = new();
    private readonly IProducer<byte[], byte[]> _nowhere =
        new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = "127.0.0.1:1", MessageTimeoutMs = 200 })
            .SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    private Store(TestPostgres postgres) => Postgres = postgres;

    public TestPostgres Postgres { get; }

    public static async Task<Store> CreateAsync() => new(await TestPostgres.CreateAsync());

    /// <summary>Another consumer on the same database, as another process would be.</summary>
    public TradeBatchHandler Handler() => new(
        Postgres.DataSource, new InstrumentStore(Postgres.DataSource), new DeadLetters(_nowhere, NullLogger<DeadLetters>.Instance),
        _metrics, TimeProvider.System, NullLogger<TradeBatchHandler>.Instance);

    /// <summary>Assigns the log to a new handler and stores what is to be read of it, in batches of the given size.</summary>
    public async Task<TradeBatchHandler> StoreAsync(TestLog log, int batchSize = int.MaxValue)
    {
        var handler = Handler();
        var next = await handler.AssignAsync(log.Assigned, default);
        while (next < log.End)
        {
            var to = Math.Min(log.End, next + (long)batchSize);
            await handler.HandleAsync(log.Batch(next, to), default);
            next = to;
        }
        return handler;
    }

    public async Task<IReadOnlyList<long>> IdsAsync(Instrument? instrument = null) => await ListAsync<long>($"""
        select trade_id from market.trades join market.instruments using (instrument_id)
        where symbol = '{(instrument ?? Records.Btc).Symbol}' order by 1
        """);

    /// <summary>The ledger as text: <c>1..5 8</c>.</summary>
    public async Task<string> LedgerAsync(Instrument? instrument = null) => string.Join(' ', await ListAsync<string>($"""
        select case when first_id = last_id then first_id::text else first_id || '..' || last_id end
        from market.coverage_ranges join market.instruments using (instrument_id)
        where symbol = '{(instrument ?? Records.Btc).Symbol}' order by first_id
        """));

    /// <summary>The gaps as text: <c>3..4 open skipped</c>.</summary>
    public async Task<IReadOnlyList<string>> GapsAsync() => await ListAsync<string>(
        "select first_id || '..' || last_id || ' ' || state || ' ' || reason from market.coverage_gaps order by first_id");

    public async Task<List<T>> ListAsync<T>(string sql)
    {
        var list = new List<T>();
        await using var command = Postgres.DataSource.CreateCommand(sql);
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) list.Add(rows.GetFieldValue<T>(0));
        return list;
    }

    public async ValueTask DisposeAsync()
    {
        _nowhere.Dispose();
        _metrics.Dispose();
        await Postgres.DisposeAsync();
    }
}
