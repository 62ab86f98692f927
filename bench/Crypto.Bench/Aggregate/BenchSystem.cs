using Crypto.Kafka;
using Npgsql;

namespace Crypto.Bench.Aggregate;

/// <summary>The broker and the database that a benchmark runs on, both of its own.</summary>
internal sealed record BenchSystem(string Folder, string ConnectionString, NpgsqlDataSource DataSource, KafkaOptions Kafka, KafkaTopics Topics)
{
    /// <summary>As a fresh store, with the day's partition there; CHECKPOINT, so that nobody pays for another's pages.</summary>
    public async Task EmptyAsync(CancellationToken cancellation)
    {
        await using var empty = DataSource.CreateCommand("""
            truncate market.trades, market.stream_offsets, market.coverage_ranges, market.candles, market.aggregated_ranges,
                market.aggregated_instruments, market.indicators, market.moving_averages, market.forecasts, market.forecast_scores;
            update market.instruments set high_water = -1;
            """);
        await empty.ExecuteNonQueryAsync(cancellation);
        await using var checkpoint = DataSource.CreateCommand("checkpoint");
        await checkpoint.ExecuteNonQueryAsync(cancellation);
    }
}
