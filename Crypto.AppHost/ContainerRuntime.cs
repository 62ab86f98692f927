using System.ComponentModel;
using System.Diagnostics;

namespace Crypto.AppHost;

/// <summary>Whether containers can be started here; Aspire itself would only leave their resources waiting.</summary>
internal static class ContainerRuntime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static bool Answers() => Answers("docker") || Answers("podman");

    // A client without its engine is common, so the client's presence says nothing.
    private static bool Answers(string client)
    {
        try
        {
            var start = new ProcessStartInfo(client, ["version", "--format", "{{.Server.Version}}"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start);
            if (process is null) return false;
            if (process.WaitForExit(Patience)) return process.ExitCode == 0;
            process.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
