using System.Diagnostics;
using System.Globalization;

namespace Crypto.Bench;

/// <summary>Prints figures as they come, one aligned line each, and remembers whether every goal was met.</summary>
internal sealed class BenchReport
{
    public bool GoalsMet { get; private set; } = true;

    public void Heading(string text) => Console.WriteLine($"{Environment.NewLine}{text}");

    /// <summary>A figure, such as a rate, with its unit.</summary>
    public void Figure(string what, double value, string unit) => Line(what, $"{Number(value)} {unit}");

    /// <summary>A figure with a goal: at least, or at most where <paramref name="atMost"/> is set.</summary>
    public void Goal(string what, double value, string unit, double goal, bool atMost = false)
    {
        var met = atMost ? value <= goal : value >= goal;
        GoalsMet &= met;
        Line(what, $"{Number(value)} {unit}  ({(met ? "meets" : "MISSES")} the goal: {(atMost ? "at most" : "at least")} {Number(goal)})");
    }

    /// <summary>Latencies in milliseconds: median, 99th percentile and maximum.</summary>
    public (double P50, double P99, double Max) Latencies(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        var (p50, p99, max) = (Percentile(milliseconds, 0.5), Percentile(milliseconds, 0.99), milliseconds[^1]);
        Line(what, $"p50 {p50:0.00} ms, p99 {p99:0.00} ms, max {max:0.00} ms of {milliseconds.Count:N0}");
        return (p50, p99, max);
    }

    /// <summary>This process's own peak resident memory in megabytes.</summary>
    public static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private static double Percentile(List<double> sorted, double share) =>
        sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private static void Line(string what, string text) => Console.WriteLine($"  {what,-52} {text}");

    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
