using System.ComponentModel.DataAnnotations;

namespace Crypto.Query;

/// <summary>Settings of the query role. Section <c>Query</c>; the gRPC server's limits are in <c>Query:Grpc</c>.</summary>
public sealed class QueryOptions
{
    public const string Section = "Query";

    /// <summary>The newest candles of each symbol and interval that are kept in memory once somebody asked for them.</summary>
    [Range(100, 100_000)]
    public int CachedCandles { get; set; } = 1100;

    /// <summary>The newest trades of each symbol that are kept in memory, for live streams.</summary>
    [Range(100, 1_000_000)]
    public int CachedTrades { get; set; } = 4096;

    /// <summary>How often what is kept in memory is compared with the database, in seconds.</summary>
    [Range(0.1, 3600)]
    public double RefreshSeconds { get; set; } = 5;

    /// <summary>How long Kafka may be out of reach before this role calls itself unhealthy, in seconds.</summary>
    [Range(0, 3600)]
    public double KafkaGraceSeconds { get; set; } = 10;
}
