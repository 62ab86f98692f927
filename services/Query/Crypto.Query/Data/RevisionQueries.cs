using System.Text;
using Crypto.Contracts;
using Npgsql;

namespace Crypto.Query.Data;

/// <summary>A settled state that a candle had before a late trade changed it.</summary>
public sealed record RevisionRow(Candle Candle, DateTime ReplacedAt);

/// <summary>Reads the former states of candles.</summary>
public sealed class RevisionQueries(NpgsqlDataSource dataSource)
{
    /// <summary>The former states of candles that open within the range, the newest candles first, of each the oldest state first.</summary>
    public Task<List<RevisionRow>> ReadAsync(
        KnownInstrument instrument, Interval interval, TimeRange range, int limit, CancellationToken cancellation) => dataSource.ListAsync(
        """
        select candle::text, replaced_at from market.candle_revisions
        where instrument_id = $1 and interval_s = $2 and open_time >= $3 and open_time < $4 order by open_time desc, revision limit $5
        """,
        r => new RevisionRow(CandleJson.Read(Encoding.UTF8.GetBytes(r.GetString(0))), r.GetDateTime(1)),
        [instrument.Id, (int)(interval.LengthUs / UnixTime.MicrosecondsPerSecond), range.From, range.To, limit], cancellation);
}
