using Crypto.Postgres;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Aggregation.Store;

/// <summary>The offsets of the consumer <c>aggregation</c>.</summary>
public sealed class AggregationOffsets(NpgsqlDataSource dataSource, ILogger<AggregationOffsets> logger)
{
    /// <summary>The name in <c>market.stream_offsets</c>.</summary>
    public const string Consumer = "aggregation";

    public StreamOffsetStore Store { get; } = new(dataSource, Consumer, logger);
}
