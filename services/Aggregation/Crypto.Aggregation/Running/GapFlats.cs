using Crypto.Aggregation.Series;
using Crypto.Aggregation.Store;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Aggregation.Running;

/// <summary>
/// Bridges holes in the series where ids are missing and nobody brought them within the allowed lateness: with flat
/// candles that say of themselves that they are not complete. A repair that comes later replaces them, with a revision.
/// </summary>
public sealed class GapFlats(NpgsqlDataSource dataSource, AggregationOptions options)
{
    private const int MostAtOnce = 20_000;

    /// <summary>Adds the flat candles of gaps that are due. True where there were any; the state must be read anew then.</summary>
    public async Task<bool> FillAsync(InstrumentState state, CandleChanges changes, long marketUs, CancellationToken cancellation)
    {
        if (!options.FlatCandles) return false;
        var filled = false;
        foreach (var (before, after) in DueGaps(state, marketUs))
        {
            foreach (var interval in options.ParsedIntervals)
                filled |= await FillAsync(state, interval, before, after, changes, cancellation).ConfigureAwait(false);
        }
        return filled;
    }

    private List<(long Before, long After)> DueGaps(InstrumentState state, long marketUs)
    {
        var due = new List<(long, long)>();
        var ranges = state.Ranges.Ranges;
        for (var i = 1; i < ranges.Count; i++)
        {
            var (before, after) = (ranges[i - 1].Last, ranges[i].First);
            if (!state.GapsSinceUs.TryGetValue(before, out var sinceUs)) state.GapsSinceUs[before] = sinceUs = marketUs;
            if (sinceUs == long.MaxValue || marketUs - sinceUs < (long)options.AllowedLateness.TotalMicroseconds) continue;
            due.Add((before, after));
            state.GapsSinceUs[before] = long.MaxValue;
        }
        return due;
    }

    private async Task<bool> FillAsync(
        InstrumentState state, Interval interval, long beforeId, long afterId, CandleChanges changes, CancellationToken cancellation)
    {
        // The hole is between the last candle that ends at or before the gap's ids and the next one with trades.
        await using var select = dataSource.CreateCommand($"""
            with p as (
                select open_time from market.candles
                where instrument_id = $1 and interval_s = $2 and last_trade_id <= $3 order by open_time desc limit 1),
            n as (
                select c.open_time from market.candles c, p
                where c.instrument_id = $1 and c.interval_s = $2 and c.open_time > p.open_time and c.last_trade_id >= $4
                order by c.open_time limit 1)
            select {CandleRows.Columns} from market.candles c, p, n
            where c.instrument_id = $1 and c.interval_s = $2 and c.open_time between p.open_time and n.open_time
            order by c.open_time
            """);
        select.Parameters.AddWithValue(state.Id);
        select.Parameters.AddWithValue(CandleRows.SecondsOf(interval));
        select.Parameters.AddWithValue(beforeId);
        select.Parameters.AddWithValue(afterId);
        await using var reader = await select.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var rows = await CandleRows.ReadAllAsync(reader, cancellation).ConfigureAwait(false);
        var made = 0;
        for (var i = 1; i < rows.Count; i++)
        {
            for (var openUs = rows[i - 1].EndUs; openUs < rows[i].OpenTimeUs && made < MostAtOnce; openUs += interval.LengthUs, made++)
                changes.Rows.Add(CandleRow.Flat(rows[i - 1], openUs));
        }
        return made > 0;
    }
}
