using System.Diagnostics;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests;

/// <summary>What a test needs of the system beyond the usual.</summary>
public enum SystemNeed
{
    /// <summary>To mount a small file system (root with the right to).</summary>
    Mount,

    /// <summary>strace, and the right to trace a child.</summary>
    Trace,
}

/// <summary>A test that is skipped, with the reason, where the system does not give what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SystemFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> NoMount = new(() => Problem(
        "sh", "d=$(mktemp -d) && mount -t tmpfs -o size=1m tmpfs $d && umount $d && rmdir $d", "cannot mount a tmpfs here (needs root)"));

    private static readonly Lazy<string?> NoTrace = new(() => Problem(
        "sh", $"bash {Path.Combine(TestData.RepositoryRoot, "eng", "test-clients.sh")} strace && strace -o /dev/null true",
        "strace is missing or not allowed here"));

    public SystemFactAttribute(SystemNeed need) => Skip = (need == SystemNeed.Mount ? NoMount : NoTrace).Value;

    private static string? Problem(string program, string script, string reason)
    {
        if (!OperatingSystem.IsLinux())
            return $"{reason}: not Linux";
        using var process = Process.Start(new ProcessStartInfo(program, ["-c", script])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"{reason}: {errors.Trim()}";
    }
}
