using System.Diagnostics;
using System.Globalization;

namespace Crypto.Postgres.Local;

/// <summary>What a running server writes to <c>postmaster.pid</c>: line 1 its process id, line 4 its port.</summary>
internal sealed record Postmaster(int ProcessId, int Port)
{
    /// <summary>The server that runs on this cluster, or null.</summary>
    public static Postmaster? Find(string cluster)
    {
        try
        {
            var lines = File.ReadAllLines(Path.Combine(cluster, "postmaster.pid"));
            if (lines.Length < 4
                || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
                || !int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return null;
            using var process = Process.GetProcessById(processId);
            // After a reboot the id may belong to anything; a stale file is PostgreSQL's own business to replace.
            return process.ProcessName.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) ? new Postmaster(processId, port) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null; // no file, or no such process: nothing runs
        }
    }
}
