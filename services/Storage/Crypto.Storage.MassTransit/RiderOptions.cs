using Microsoft.Extensions.Options;

namespace Crypto.Storage.MassTransit;

/// <summary>How MassTransit's rider collects batches. Section <c>Storage:Rider</c>.</summary>
/// <remarks>
/// A batch of one symbol, whose records share a key, fills only if as many deliveries may be under way as it has records:
/// the rider's delivery limit, checkpoint count and prefetch all follow from <see cref="BatchSize"/>. More is not better:
/// every record wakes all deliveries that have nothing to do (see docs/adr/0701).
/// </remarks>
public sealed class RiderOptions
{
    public const string Section = "Storage:Rider";

    /// <summary>Collected batches that may wait for the store at once.</summary>
    internal const int WaitingBatches = 64;

    /// <summary>Records that MassTransit collects into a batch at most.</summary>
    public int BatchSize { get; set; } = 200;

    /// <summary>Records on their way at once, and in one transaction at most: a batch is stored while the next is collected.</summary>
    public int DeliveryLimit => 2 * BatchSize;

    /// <summary>How long the first record of a batch waits for others.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between two attempts to store a batch; the first is a hundredth of it.</summary>
    public TimeSpan MaxRetryPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Offsets that nobody delivered for so long are taken to be none (expired, or the broker's own records).</summary>
    public TimeSpan HolePatience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Health turns red when the log is ahead of the store for so long.</summary>
    public TimeSpan UnhealthyAfter { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class RiderOptionsValidator : IValidateOptions<RiderOptions>
{
    public ValidateOptionsResult Validate(string? name, RiderOptions options)
    {
        var failures = new List<string>();
        // The rider's checkpoint count is an unsigned short.
        if (options.BatchSize is < 1 or > 30_000)
            failures.Add($"Storage:Rider:BatchSize is {options.BatchSize}: give a number from 1 to 30000");
        if (options.Linger <= TimeSpan.Zero || options.Linger > TimeSpan.FromSeconds(5))
            failures.Add($"Storage:Rider:Linger is {options.Linger}: give more than zero and at most 00:00:05, e.g. 00:00:00.050");
        if (options.MaxRetryPause < TimeSpan.FromMilliseconds(100))
            failures.Add($"Storage:Rider:MaxRetryPause is {options.MaxRetryPause}: give at least 00:00:00.100");
        if (options.HolePatience < TimeSpan.FromSeconds(1))
            failures.Add($"Storage:Rider:HolePatience is {options.HolePatience}: give at least 00:00:01");
        if (options.UnhealthyAfter < TimeSpan.FromSeconds(1))
            failures.Add($"Storage:Rider:UnhealthyAfter is {options.UnhealthyAfter}: give at least 00:00:01");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
