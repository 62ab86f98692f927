using Crypto.Contracts;
using Npgsql;

namespace Crypto.Storage;

/// <summary>Tells failures of the database that pass from those that somebody has to mend.</summary>
internal static class DatabaseFailure
{
    public static Exception Translate(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p => new FatalException(
            $"the database refuses the storage role: {p.MessageText}; grant crypto_writer to its user", e),
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedColumn } p =>
            new FatalException($"the database lacks a part of the schema: {p.MessageText}; let the migrations run first", e),
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } p =>
            new FatalException($"the database refuses the connection: {p.MessageText}; check user and password of --postgres", e),
        PostgresException p => new RetriableException($"PostgreSQL {p.SqlState}: {p.MessageText}", e),
        _ => new RetriableException($"PostgreSQL cannot be reached: {(e.InnerException ?? e).Message}", e),
    };
    /// <summary>As <see cref="Translate"/>, for statements that are the same at every try: only what passes is tried again.</summary>
    public static Exception TranslateMigration(NpgsqlException e) => Translate(e) switch
    {
        // Whoever makes the database may be later than this process.
        RetriableException when e is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } p =>
            new RetriableException($"{p.MessageText}; create it, or check --postgres", e),
        RetriableException when e is PostgresException { IsTransient: false } p =>
            new FatalException($"the schema cannot be brought up to date: {p.SqlState} {p.MessageText}", e),
        var failure => failure,
    };
}
