using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Projects;

namespace Crypto.AppHost.Foundations;

internal static class LocalPostgresServer
{
    private const string User = "crypto";

    /// <summary>
    /// The standalone host's PostgreSQL role as a process of its own (it initialises a cluster, and lets another account run
    /// the server where we are root), and the connection string of the database of this market.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddLocalPostgres(
        this IDistributedApplicationBuilder builder, string name, Plan plan)
    {
        var server = builder.AddProject<Crypto_Standalone>($"{name}-server", launchProfileName: null)
            .WithEndpoint(name: "postgres", scheme: "tcp", isProxied: false);
        var port = server.GetEndpoint("postgres").Property(EndpointProperty.TargetPort);
        server.WithArgs("up", "--roles", "postgres", "--http", "0", "--data", plan.DataFolder, "--postgres-port", port);

        var password = builder.AddParameter($"{name}-password", () => PasswordOf(plan), secret: true);
        var maintenance = ReferenceExpression.Create(
            $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database=postgres;Timeout=5");
        var database = ReferenceExpression.Create(
            $"Host=127.0.0.1;Port={port};Username={User};Password={password};Database={plan.Database}");

        builder.Services.AddHealthChecks()
            .Add(PostgresProbe.Registration($"{name}-server-answers", maintenance))
            .Add(PostgresProbe.Registration($"{name}-answers", database));
        server.WithHealthCheck($"{name}-server-answers")
            .OnResourceReady(async (_, _, cancellation) => await CreateAsync(maintenance, plan.Database, cancellation));
        return builder.AddConnectionString(name, database).WaitFor(server).WithHealthCheck($"{name}-answers");
    }

    // The server's role makes a password for a new cluster unless it finds one; both of us read the same file.
    private static string PasswordOf(Plan plan)
    {
        var file = Path.Combine(plan.DataFolder, "postgres", "password");
        if (File.Exists(file)) return File.ReadAllText(file).Trim();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, create);
        writer.WriteLine(password);
        return password;
    }

    private static async Task CreateAsync(ReferenceExpression maintenance, string database, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create((await maintenance.GetValueAsync(cancellation))!);
        await using var exists = source.CreateCommand("select 1 from pg_database where datname = $1");
        exists.Parameters.AddWithValue(database);
        if (await exists.ExecuteScalarAsync(cancellation) is not null) return;
        await using var create = source.CreateCommand($"create database \"{database}\"");
        try
        {
            await create.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // The server's role makes the live market's database itself, and was quicker.
        }
    }
}
