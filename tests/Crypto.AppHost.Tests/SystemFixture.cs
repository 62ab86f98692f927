using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Projects;
using Xunit;

namespace Crypto.AppHost.Tests;

/// <summary>The whole system, once for all tests: processes instead of containers, and the recorded market.</summary>
public sealed class SystemFixture : IAsyncLifetime
{
    /// <summary>Processes of storage, and of aggregation.</summary>
    public const int Replicas = 2;

    private static readonly TimeSpan StartTime = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _data = Directory.CreateTempSubdirectory("crypto-apphost-").FullName;
    private readonly OtlpReceiver _telemetry = new();
    private DistributedApplication? _app;

    public DistributedApplication App => _app ?? throw new InvalidOperationException("the system is not started");

    /// <summary>What the services sent to the collector that the test plays.</summary>
    internal OtlpReceiver Telemetry => _telemetry;

    public async Task InitializeAsync()
    {
        await _telemetry.StartAsync();
        // PostgreSQL's account, where we are root, must get through to its folder.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_data, (UnixFileMode)0b111_101_101);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Crypto_AppHost>(
        [
            "--Market=recorded", "--Infrastructure=processes", $"--Data={_data}", $"--Replicas={Replicas}",
        ]);
        // What the services write is in the way here; what they say of themselves is asked for.
        builder.Services.AddLogging(logging => logging.ClearProviders());
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            builder.CreateResourceBuilder(project)
                .WithEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT", _telemetry.Url)
                .WithEnvironment("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")
                .WithEnvironment("Ingestion__TraceOneIn", "20");
        }
        _app = await builder.BuildAsync();
        using var patience = new CancellationTokenSource(StartTime);
        await App.StartAsync(patience.Token);
        foreach (var service in (string[])["ingestion", "storage", "aggregation", "query"])
            await App.ResourceNotifications.WaitForResourceHealthyAsync(service, patience.Token);
    }

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        await _telemetry.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>The running instances of a resource, by the names that commands know them by, once there are so many.</summary>
    public async Task<IReadOnlyCollection<string>> InstancesAsync(string resource, int count = 1)
    {
        using var giveUp = new CancellationTokenSource(Patience);
        var instances = new HashSet<string>();
        await foreach (var update in App.ResourceNotifications.WatchAsync(giveUp.Token))
        {
            if (update.Resource.Name != resource) continue;
            if (update.Snapshot.State?.Text == KnownResourceStates.Running) instances.Add(update.ResourceId);
            else instances.Remove(update.ResourceId);
            if (instances.Count == count) break;
        }
        return instances;
    }

    /// <summary>Presses a button of the dashboard; the first replica does what it asks.</summary>
    public async Task<ExecuteCommandResult> CommandAsync(string resource, string command) =>
        await App.ResourceCommands.ExecuteCommandAsync((await InstancesAsync(resource)).First(), command);

    /// <summary>Asks a service until the answer is as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isSo, string service = "query")
    {
        using var http = App.CreateHttpClient(service, "http");
        using var patience = new CancellationTokenSource(Patience);
        var last = "no answer";
        while (!patience.IsCancellationRequested)
        {
            try
            {
                using var answer = await http.GetAsync(path, patience.Token);
                last = await answer.Content.ReadAsStringAsync(patience.Token);
                if (answer.IsSuccessStatusCode && JsonDocument.Parse(last).RootElement is var json && isSo(json)) return json;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                last = e.Message;
            }
            await Task.Delay(250);
        }
        throw new TimeoutException($"{path} did not become so; last: {last[..Math.Min(last.Length, 500)]}");
    }
}

[CollectionDefinition(Name)]
public sealed class SystemTests : ICollectionFixture<SystemFixture>
{
    public const string Name = "system";
}
