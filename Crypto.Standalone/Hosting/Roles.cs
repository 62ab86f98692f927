namespace Crypto.Standalone.Hosting;

/// <summary>What a process does. One process may do all of it, or several share the work through one broker.</summary>
[Flags]
internal enum Roles
{
    None = 0,

    /// <summary>The recorded exchange.</summary>
    Market = 1,

    /// <summary>The embedded broker.</summary>
    Kafka = 2,

    /// <summary>A PostgreSQL server process.</summary>
    Postgres = 4,
    Ingestion = 8,
    Storage = 16,
    Aggregation = 32,
    Query = 64,

    /// <summary>The roles that work on data; the others are what they need.</summary>
    Services = Ingestion | Storage | Aggregation | Query,
    All = Market | Kafka | Postgres | Services,
}
