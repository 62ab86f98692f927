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
}
