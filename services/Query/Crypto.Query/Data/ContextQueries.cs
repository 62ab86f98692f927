using Npgsql;

namespace Crypto.Query.Data;

/// <summary>Reads the slow feeds: sentiment, news, and how fresh they are.</summary>
public sealed class ContextQueries(NpgsqlDataSource dataSource)
{
    /// <summary>The newest values, newest first.</summary>
    public Task<List<SentimentRow>> SentimentAsync(int limit, CancellationToken cancellation) => dataSource.ListAsync(
        "select index_name, value, classification, timestamp_utc, source from market.sentiment order by timestamp_utc desc limit $1",
        r => new SentimentRow(r.GetString(0), r.GetInt32(1), r.GetString(2), r.GetDateTime(3), r.GetString(4)), [limit], cancellation);

    /// <summary>The newest items published in a range, newest first; those after <paramref name="position"/> in that order.</summary>
    public Task<List<NewsRow>> NewsAsync(TimeRange range, int limit, CancellationToken cancellation, RowPosition? position = null) =>
        dataSource.ListAsync(
            """
            select item_id, source, title, link, published_at, creators, categories from market.news
            where published_at >= $1 and published_at < $2 and (published_at < $3 or published_at = $3 and item_id > $4)
            order by published_at desc, item_id limit $5
            """,
            r => new NewsRow(r.GetString(0), r.GetString(1), r.GetString(2), r.IsDBNull(3) ? null : r.GetString(3), r.GetDateTime(4),
                r.GetFieldValue<string[]>(5), r.GetFieldValue<string[]>(6)),
            [range.From, range.To, new TimeRange(null, position?.TimeUs).To, position?.Id ?? "", limit], cancellation);

    /// <summary>The state of every feed, by name.</summary>
    public Task<List<FeedRow>> FeedsAsync(CancellationToken cancellation) => dataSource.ListAsync(
        """
        select feed, last_event_at, last_success_at, coalesce(now() - last_success_at > stale_after, true),
               round(extract(epoch from now() - last_success_at), 3)::float8, extract(epoch from expected_every)::float8,
               extract(epoch from stale_after)::float8, last_failure
        from market.feeds order by feed
        """,
        r => new FeedRow(r.GetString(0), r.IsDBNull(1) ? null : r.GetDateTime(1), r.IsDBNull(2) ? null : r.GetDateTime(2), r.GetBoolean(3),
            r.IsDBNull(4) ? null : r.GetDouble(4), r.GetDouble(5), r.GetDouble(6), r.IsDBNull(7) ? null : r.GetString(7)),
        [], cancellation);

    /// <summary>Every symbol, with its ids and the time of its newest trade.</summary>
    public Task<List<SymbolRow>> SymbolsAsync(string defaultVenue, CancellationToken cancellation) => dataSource.ListAsync(
        """
        select case when i.venue = $1 then i.symbol else i.venue || ':' || i.symbol end, i.venue, r.first_id, r.last_id, t.trade_time
        from market.instruments i
        left join lateral (select min(first_id) as first_id, max(last_id) as last_id
                           from market.coverage_ranges where instrument_id = i.instrument_id) r on true
        left join lateral (select trade_time from market.trades where instrument_id = i.instrument_id
                           order by trade_id desc limit 1) t on true
        order by 1
        """,
        r => new SymbolRow(r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetInt64(2), r.IsDBNull(3) ? null : r.GetInt64(3),
            r.IsDBNull(4) ? null : r.GetDateTime(4)), [defaultVenue], cancellation);
}
