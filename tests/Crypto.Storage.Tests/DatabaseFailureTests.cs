using System.Net.Sockets;
using Crypto.Contracts;
using Npgsql;
using Xunit;

namespace Crypto.Storage.Tests;

/// <summary>What passes is tried again; what somebody has to mend ends the role with a line that says how.</summary>
public sealed class DatabaseFailureTests
{
    [Theory]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "the database refuses the storage role: what it said; grant crypto_writer to its user")]
    [InlineData(PostgresErrorCodes.UndefinedTable, "the database lacks a part of the schema: what it said; let the migrations run first")]
    [InlineData(PostgresErrorCodes.UndefinedFunction, "the database lacks a part of the schema: what it said; let the migrations run first")]
    [InlineData(PostgresErrorCodes.UndefinedColumn, "the database lacks a part of the schema: what it said; let the migrations run first")]
    [InlineData(PostgresErrorCodes.InvalidPassword, "the database refuses the connection: what it said; check user and password of --postgres")]
    public void What_somebody_has_to_mend_is_fatal(string code, string line) =>
        Assert.Equal(line, Assert.IsType<FatalException>(DatabaseFailure.Translate(Said(code))).Message);

    [Theory]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    [InlineData(PostgresErrorCodes.TooManyConnections)]
    [InlineData(PostgresErrorCodes.DiskFull)]
    public void What_passes_is_retriable_and_quotes_the_server(string code) =>
        Assert.Equal($"PostgreSQL {code}: what it said", Assert.IsType<RetriableException>(DatabaseFailure.Translate(Said(code))).Message);

    [Theory]
    [InlineData(PostgresErrorCodes.SyntaxError)]
    [InlineData(PostgresErrorCodes.FeatureNotSupported)]
    [InlineData(PostgresErrorCodes.ReadOnlySqlTransaction)]
    public void A_migration_that_fails_the_same_way_at_every_try_is_fatal(string code) => Assert.Equal(
        $"the schema cannot be brought up to date: {code} what it said",
        Assert.IsType<FatalException>(DatabaseFailure.TranslateMigration(Said(code))).Message);

    [Theory]
    [InlineData(PostgresErrorCodes.AdminShutdown)]
    [InlineData(PostgresErrorCodes.CrashShutdown)]
    [InlineData(PostgresErrorCodes.CannotConnectNow)]
    [InlineData(PostgresErrorCodes.DiskFull)]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.InvalidCatalogName)]
    public void A_migration_waits_for_what_passes(string code) =>
        Assert.IsType<RetriableException>(DatabaseFailure.TranslateMigration(Said(code)));

    [Fact]
    public void A_server_that_is_away_is_told_by_the_cause()
    {
        var failure = DatabaseFailure.Translate(new NpgsqlException("outer", new SocketException((int)SocketError.ConnectionRefused)));

        Assert.StartsWith("PostgreSQL cannot be reached: Connection refused", Assert.IsType<RetriableException>(failure).Message, StringComparison.Ordinal);
        Assert.Equal("PostgreSQL cannot be reached: late", DatabaseFailure.Translate(new TimeoutException("late")).Message);
    }

    private static PostgresException Said(string code) => new("what it said", "ERROR", "ERROR", code);
}
