using System.Diagnostics;
using System.Text.Json;
using Crypto.Testing;

namespace Crypto.Query.Tests.Clients;

/// <summary>A script of <c>tests/clients/grpc</c> as a process: it runs one scenario and prints JSON lines.</summary>
internal sealed class OfficialClient : IDisposable
{
    private static readonly string Folder = Path.Combine(TestData.RepositoryRoot, "tests", "clients", "grpc");
    private static readonly string Protos = Path.Combine(TestData.RepositoryRoot, "common", "Crypto.Contracts", "protos");
    private static readonly Lazy<Task> Setup = new(SetupAsync);
    private readonly Process _process;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(3));

    private OfficialClient(Process process) => _process = process;

    /// <summary>Done when what <c>eng/test-clients.sh</c> installs is there.</summary>
    public static Task Installed => Setup.Value;

    /// <summary>Starts <c>node</c> or <c>python</c>, installing its libraries first where they are missing.</summary>
    public static async Task<OfficialClient> StartAsync(string language, Uri server, string scenario)
    {
        await Installed;
        string[] arguments = [server.Authority, Protos, scenario];
        return new OfficialClient(language == "node"
            ? Start("node", [Path.Combine(Folder, "client.mjs"), .. arguments])
            : Start("/usr/bin/python3", [Path.Combine(Folder, "client.py"), .. arguments]));
    }

    /// <summary>Runs a scenario that answers one line.</summary>
    public static async Task<JsonElement> RunAsync(string language, Uri server, string scenario)
    {
        using var client = await StartAsync(language, server, scenario);
        return await client.NextAsync();
    }

    /// <summary>The next line.</summary>
    public async Task<JsonElement> NextAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync(_timeout.Token);
        if (line is null) throw new InvalidOperationException("the client failed: " + await _process.StandardError.ReadToEndAsync());
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _timeout.Dispose();
    }

    private static async Task SetupAsync()
    {
        using var setup = Start(Path.Combine(TestData.RepositoryRoot, "eng", "test-clients.sh"), "grpc-node", "grpc-python");
        await setup.WaitForExitAsync();
        if (setup.ExitCode != 0) throw new InvalidOperationException(await setup.StandardError.ReadToEndAsync());
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start)!;
    }
}
