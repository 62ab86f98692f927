using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace Crypto.AppHost.Tests;

/// <summary>The replicas of storage as processes of this machine, to be killed without a warning.</summary>
internal sealed class StorageProcesses(DistributedApplication app, IReadOnlyCollection<string> instances)
{
    /// <summary>Kills all of them (SIGKILL) and waits until the orchestrator knows.</summary>
    public async Task KillAllAsync(TimeSpan patience)
    {
        using var giveUp = new CancellationTokenSource(patience);
        var processes = instances.Select(ProcessOf).ToList();
        foreach (var process in processes) process.Kill(entireProcessTree: true);
        foreach (var process in processes)
        {
            await process.WaitForExitAsync(giveUp.Token);
            process.Dispose();
        }
        foreach (var instance in instances) await UntilAsync(instance, KnownResourceStates.TerminalStates, giveUp.Token);
    }

    public async Task StartAllAsync(TimeSpan patience)
    {
        using var giveUp = new CancellationTokenSource(patience);
        foreach (var instance in instances)
        {
            var started = await app.ResourceCommands.ExecuteCommandAsync(instance, KnownResourceCommands.StartCommand, giveUp.Token);
            Assert.True(started.Success, started.Message);
        }
        foreach (var instance in instances) await UntilAsync(instance, [KnownResourceStates.Running], giveUp.Token);
    }

    private Task UntilAsync(string instance, IReadOnlyList<string> states, CancellationToken cancellation) =>
        app.ResourceNotifications.WaitForResourceAsync("storage", update =>
            update.ResourceId == instance && update.Snapshot.State?.Text is { } state && states.Contains(state), cancellation);

    private Process ProcessOf(string instance)
    {
        Assert.True(app.ResourceNotifications.TryGetCurrentState(instance, out var now));
        var pid = now.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;
        return Process.GetProcessById(Convert.ToInt32(pid, CultureInfo.InvariantCulture));
    }
}
