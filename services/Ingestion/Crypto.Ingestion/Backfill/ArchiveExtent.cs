using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Sequencing;

namespace Crypto.Ingestion.Backfill;

/// <summary>What a file holds within a span of time. Found by reading it whole, so that a damaged file is refused before anything of it is sent.</summary>
/// <param name="Rows">Its rows within the span.</param>
/// <param name="Ids">The lowest and the highest id among them; null without any.</param>
/// <param name="HasAggregates">True where a row stands for several trades.</param>
public sealed record ArchiveExtent(long Rows, IdRange? Ids, bool HasAggregates)
{
    /// <exception cref="FormatException">The file cannot be read to its end.</exception>
    public static ArchiveExtent Of(ArchiveFile file, TimeSpanUs span)
    {
        var (rows, first, last, hasAggregates) = (0L, long.MaxValue, -1L, false);
        foreach (var row in file.Read().Where(span.Contains))
        {
            rows++;
            first = Math.Min(first, row.Id);
            last = Math.Max(last, row.LastId);
            hasAggregates |= row.LastId > row.Id;
        }
        return new ArchiveExtent(rows, rows > 0 ? new IdRange(first, last) : null, hasAggregates);
    }
}

/// <summary>From a time to before another, microseconds since the Unix epoch; null where a side is open.</summary>
public readonly record struct TimeSpanUs(long? FromUs, long? ToUs)
{
    public bool Contains(RestTrade trade) => !(trade.TimeUs < FromUs) && !(trade.TimeUs >= ToUs);
}
