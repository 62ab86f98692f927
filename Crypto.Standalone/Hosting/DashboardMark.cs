using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Crypto.Standalone.Hosting;

/// <summary>
/// Which process is the dashboard, and whose: a file in the data folder, one for each port. After a SIGKILL of its owner the
/// dashboard lives on and keeps its port, and this is how the next start knows it again.
/// </summary>
/// <param name="Dashboard">The dashboard.</param>
/// <param name="Owner">The process that started it, or took it over.</param>
internal sealed record DashboardMark(DashboardMark.Identity Dashboard, DashboardMark.Identity Owner)
{
    // A start time is computed from the clock and may differ a little between two looks; an id is not used again so soon.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(2);

    public static string PathOf(string folder, int port) => Path.Combine(folder, $"dashboard-{port}.json");

    /// <summary>Notes that this process has the dashboard.</summary>
    public static void Write(string path, Process dashboard)
    {
        using var self = Process.GetCurrentProcess();
        File.WriteAllText(path, JsonSerializer.Serialize(new DashboardMark(Identity.Of(dashboard), Identity.Of(self))));
    }

    /// <summary>Dashboards that live though their owners do not; marks of those that are gone are removed.</summary>
    public static IReadOnlyList<(string Path, Process Process)> FindLeft(string folder)
    {
        var left = new List<(string, Process)>();
        foreach (var path in Directory.EnumerateFiles(folder, "dashboard-*.json"))
        {
            if (Read(path) is { } mark)
            {
                using var owner = mark.Owner.Find();
                if (owner is not null) continue;
                if (mark.Dashboard.Find() is { } process)
                {
                    left.Add((path, process));
                    continue;
                }
            }
            File.Delete(path);
        }
        return left;
    }

    // A kill may have come in the middle of the writing.
    private static DashboardMark? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DashboardMark>(File.ReadAllText(path));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A process beyond doubt: ids are used again.</summary>
    internal sealed record Identity(int Id, DateTime StartedUtc)
    {
        public static Identity Of(Process process) => new(process.Id, process.StartTime.ToUniversalTime());

        /// <summary>The process, or null where it has ended.</summary>
        public Process? Find()
        {
            try
            {
                var process = Process.GetProcessById(Id);
                if (!process.HasExited && (process.StartTime.ToUniversalTime() - StartedUtc).Duration() < Tolerance) return process;
                process.Dispose();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
            {
                // It has ended, or belongs to somebody else: not ours.
            }
            return null;
        }
    }
}
