using Crypto.Contracts;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary>What <c>crypto up</c> was asked for, checked.</summary>
internal sealed record UpOptions
{
    public required bool Recorded { get; init; }

    /// <summary>Recording files; empty for the sample that the project ships.</summary>
    public required IReadOnlyList<string> Recordings { get; init; }

    /// <summary>Recorded seconds per second; infinite for as fast as it goes.</summary>
    public required double Speed { get; init; }

    public required MarketClock Clock { get; init; }

    public required bool Loop { get; init; }

    /// <summary>A bad day of the recorded exchange: a file or a seed; null for peace.</summary>
    public string? Scenario { get; init; }

    public required string Venue { get; init; }

    /// <summary>Upper-case symbols; empty for those of the recordings, or the default ones of a live market.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    public required string DataFolder { get; init; }

    public required Roles Roles { get; init; }

    public required int HttpPort { get; init; }

    public required int GrpcPort { get; init; }

    public required int KafkaPort { get; init; }

    public required int MarketPort { get; init; }

    public required int PostgresPort { get; init; }

    /// <summary>A broker elsewhere; null for the embedded one on <see cref="KafkaPort"/>.</summary>
    public required string? KafkaBootstrap { get; init; }

    /// <summary>An exchange elsewhere; null for the recorded one on <see cref="MarketPort"/>, or Binance when live.</summary>
    public required string? MarketUrl { get; init; }

    /// <summary>A server elsewhere; null for the local one on <see cref="PostgresPort"/>.</summary>
    public required string? Postgres { get; init; }

    /// <summary>How far back a gap is repaired.</summary>
    public required TimeSpan RepairMax { get; init; }

    /// <summary>Fsync every produce request before it is acknowledged.</summary>
    public required bool KafkaFlushAlways { get; init; }

    /// <summary>Port of the Aspire dashboard; null for none.</summary>
    public int? DashboardPort { get; init; }

    /// <summary>Further settings of the services by their configuration keys, e.g. <c>Storage:MaxBatch=5000</c>.</summary>
    public required IReadOnlyDictionary<string, string?> Settings { get; init; }

    public bool Has(Roles role) => (Roles & role) != 0;

    /// <summary>The broker runs in this process.</summary>
    public bool RunsKafka => Has(Roles.Kafka) && KafkaBootstrap is null;

    /// <summary>The database server is a child of this process.</summary>
    public bool RunsPostgres => Has(Roles.Postgres) && Postgres is null;

    /// <summary>The recorded exchange runs in this process.</summary>
    public bool RunsMarket => Has(Roles.Market) && Recorded && MarketUrl is null;
}
