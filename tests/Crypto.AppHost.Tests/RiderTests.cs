using System.Globalization;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.Testing;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Kafka;
using Npgsql;
using Xunit;

namespace Crypto.AppHost.Tests;

/// <summary>What would cost a trade on the way from Kafka through MassTransit's rider to the store.</summary>
[Collection(SystemTests.Name)]
public sealed class RiderTests(SystemFixture system)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(Topics.Trades)]
    [InlineData(Topics.Coverage)]
    public async Task A_record_that_cannot_be_read_becomes_a_dead_letter_and_holds_up_nobody(string topic)
    {
        using var patience = new CancellationTokenSource(Patience);
        var kafka = new KafkaOptions { BootstrapServers = (await system.App.GetConnectionStringAsync("kafka"))! };
        byte[] poison = [0xff, .. Guid.NewGuid().ToByteArray()];
        DeliveryResult<byte[], byte[]> put;
        using (var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build())
            put = await producer.ProduceAsync(topic, new Message<byte[], byte[]> { Key = "binance:BTCUSDT"u8.ToArray(), Value = poison }, patience.Token);

        DeadLetter? letter;
        while ((letter = new DeadLetterLog(kafka).Read(topic, patience.Token).FirstOrDefault(IsStoragesOf)) is null)
            await Task.Delay(200, patience.Token);
        Assert.Equal("binance:BTCUSDT"u8.ToArray(), letter.Key);
        Assert.NotEmpty(letter.Reason);
        Assert.Equal(
            (put.Partition.Value.ToString(CultureInfo.InvariantCulture), put.Offset.Value.ToString(CultureInfo.InvariantCulture)),
            (Header(DeadLetters.PartitionHeader), Header(DeadLetters.OffsetHeader)));

        var last = await LastStoredAsync();
        await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("lastTradeId").GetInt64() > last + 50);

        string Header(string name) => Encoding.UTF8.GetString(letter.Headers.Single(header => header.Key == name).Value);
        bool IsStoragesOf(DeadLetter one) => one.Stage == "storage" && one.Value.AsSpan().SequenceEqual(poison);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_every_storage_process_is_killed_while_trades_flow()
    {
        var first = await LastStoredAsync();
        var storage = new StorageProcesses(system.App, await system.InstancesAsync("storage", SystemFixture.Replicas));
        for (var round = 0; round < 3; round++)
        {
            var before = await LastStoredAsync();
            await storage.KillAllAsync(Patience);
            await storage.StartAllAsync(Patience);
            await UntilStoredAsync(before + 100);
        }
        var last = await UntilStoredAsync(await LastStoredAsync() + 100);

        // The ids from before the first kill to after the last are one range of the ledger ...
        await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("ranges").EnumerateArray().Any(
            range => range.GetProperty("first").GetInt64() <= first && range.GetProperty("last").GetInt64() >= last));
        // ... the rows are the trades that the exchange made, each once ...
        Assert.Equal(await ExchangeTradesAsync(first, last), await StoredTradesAsync(first, last));
        // ... and everywhere in the store rows and ledger agree.
        Assert.Equal(0L, await ScalarAsync("""
            with rows as (select instrument_id, sum(last_trade_id - trade_id + 1) as ids, count(*) as n, count(distinct trade_id) as different
                          from market.trades group by instrument_id),
                 voids as (select instrument_id, sum(last_id - first_id + 1) as ids from market.coverage_voids group by instrument_id),
                 ledger as (select r.instrument_id, sum(last_id - first_id + 1) - coalesce(max(v.ids), 0) as ids
                            from market.coverage_ranges r left join voids v using (instrument_id) group by r.instrument_id)
            select count(*) from rows full join ledger using (instrument_id)
            where rows.ids is distinct from ledger.ids or rows.n <> rows.different
            """));
    }

    private async Task<long> LastStoredAsync() => await UntilStoredAsync(0);

    private async Task<long> UntilStoredAsync(long id) =>
        (await system.UntilAsync("/coverage/BTCUSDT", coverage => coverage.GetProperty("stored").GetInt64() > 0
            && coverage.GetProperty("lastTradeId").GetInt64() >= id)).GetProperty("lastTradeId").GetInt64();

    private async Task<List<(long Id, decimal Price, decimal Quantity, long TimeMs)>> ExchangeTradesAsync(long first, long last)
    {
        using var http = system.App.CreateHttpClient("exchange", "http");
        var trades = new List<(long, decimal, decimal, long)>();
        for (var next = first; next <= last;)
        {
            using var page = JsonDocument.Parse(await http.GetStringAsync($"/api/v3/historicalTrades?symbol=BTCUSDT&fromId={next}&limit=1000"));
            foreach (var trade in page.RootElement.EnumerateArray())
            {
                next = trade.GetProperty("id").GetInt64() + 1;
                if (next > last + 1) break;
                trades.Add((next - 1, Number(trade.GetProperty("price")), Number(trade.GetProperty("qty")), trade.GetProperty("time").GetInt64()));
            }
        }
        return trades;

        static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    private async Task<List<(long Id, decimal Price, decimal Quantity, long TimeMs)>> StoredTradesAsync(long first, long last)
    {
        await using var source = NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("marketdata"))!);
        await using var select = source.CreateCommand("""
            select trade_id, price, quantity, floor(extract(epoch from trade_time) * 1000)::bigint
            from market.trades join market.instruments using (instrument_id)
            where venue = 'binance' and symbol = 'BTCUSDT' and trade_id between $1 and $2 order by trade_id
            """);
        select.Parameters.AddWithValue(first);
        select.Parameters.AddWithValue(last);
        await using var rows = await select.ExecuteReaderAsync();
        var trades = new List<(long, decimal, decimal, long)>();
        while (await rows.ReadAsync()) trades.Add((rows.GetInt64(0), rows.GetDecimal(1), rows.GetDecimal(2), rows.GetInt64(3)));
        return trades;
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create((await system.App.GetConnectionStringAsync("marketdata"))!);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
