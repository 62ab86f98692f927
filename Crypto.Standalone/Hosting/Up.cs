using System.Runtime.InteropServices;
using Crypto.Standalone.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Standalone.Hosting;

/// <summary>Runs the chosen roles until a signal comes, then stops them in order.</summary>
internal static class Up
{
    // SIGTERM promises ten seconds in all; the services get most of it, broker and database the rest.
    private static readonly TimeSpan StopServicesWithin = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(UpOptions options, CancellationToken cancellation)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        Ports.RequireFree("--http", options.HttpPort);
        if (options.Has(Roles.Query)) Ports.RequireFree("--grpc", options.GrpcPort);
        if (options.RunsKafka) Ports.RequireFree("--kafka", options.KafkaPort);
        if (options.RunsMarket) Ports.RequireFree("--market-port", options.MarketPort);
        string?[] parts = [options.RunsKafka ? "kafka" : null, options.RunsPostgres ? "postgres" : null];
        using var data = DataFolder.Open(options.DataFolder, parts.OfType<string>());
        using var dashboard = options.DashboardPort is { } port ? await Dashboard.StartAsync(port, data.Path, stopping.Token) : null;
        using var telemetry = Telemetry.Start(options, dashboard?.Collector);
        using var loggers = LoggerFactory.Create(logging =>
        {
            ReadableConsole.Configure(logging);
            telemetry.AddLogs(logging);
        });
        await using var infrastructure = await Infrastructure.StartAsync(options, data, loggers, stopping.Token);
        await using var app = await ServiceHost.BuildAsync(options, data, infrastructure, telemetry, stopping.Token);
        await app.StartAsync(stopping.Token);
        RunningSystem.Write(data, options, infrastructure);
        Banner.Print(options, data, infrastructure, dashboard, Console.Out);
        await UntilStoppedAsync(app, stopping.Token);
        using (var patience = new CancellationTokenSource(StopServicesWithin))
            await app.StopAsync(patience.Token);
        return FailureOf(app) is { } failure ? throw failure : 0;
    }

    private static async Task UntilStoppedAsync(WebApplication app, CancellationToken signal)
    {
        // A service that fails for good stops the host, and with it the process.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(signal, app.Lifetime.ApplicationStopping);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = either.Token.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static Exception? FailureOf(WebApplication app) => app.Services.GetServices<IHostedService>()
        .OfType<BackgroundService>()
        .Select(service => service.ExecuteTask)
        .FirstOrDefault(task => task is { IsFaulted: true })?.Exception?.InnerException;
}
