using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Crypto.Storage;

/// <summary>Meter and activity source <c>Crypto.Storage</c>.</summary>
public sealed class StorageMetrics : IDisposable
{
    public const string Name = "Crypto.Storage";

    /// <summary>One activity per batch, linked to the sampled trades in it.</summary>
    public static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _trades;
    private readonly Counter<long> _coverage;
    private readonly Histogram<double> _transaction;

    public StorageMetrics()
    {
        _trades = _meter.CreateCounter<long>("crypto.storage.trades", "{trade}",
            "Trades by what became of them: result = stored, duplicate, partial");
        _coverage = _meter.CreateCounter<long>("crypto.storage.coverage_events", "{event}", "Coverage events applied");
        _transaction = _meter.CreateHistogram<double>("crypto.storage.transaction.duration", "s", "From the first statement to the commit");
    }

    internal void Committed(BatchResult result, TimeSpan duration)
    {
        Count(result.Stored, "stored");
        Count(result.Duplicates, "duplicate");
        Count(result.Partial, "partial");
        if (result.CoverageEvents > 0) _coverage.Add(result.CoverageEvents);
        _transaction.Record(duration.TotalSeconds);
    }

    public void Dispose() => _meter.Dispose();

    private void Count(int trades, string result)
    {
        if (trades > 0) _trades.Add(trades, new KeyValuePair<string, object?>("result", result));
    }
}

/// <summary>What a transaction did.</summary>
/// <param name="Stored">Rows added.</param>
/// <param name="Duplicates">Trades that the ledger or the index had already.</param>
/// <param name="Partial">Aggregates of which only a part was missing.</param>
/// <param name="CoverageEvents">Coverage events applied.</param>
internal readonly record struct BatchResult(int Stored, int Duplicates, int Partial, int CoverageEvents);
