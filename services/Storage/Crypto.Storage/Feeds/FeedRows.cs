using Crypto.Contracts;
using Crypto.Contracts.Feeds;
using Npgsql;
using NpgsqlTypes;

namespace Crypto.Storage.Feeds;

/// <summary>Turns an event of a slow topic into the statement that stores it; its keys make a repeat harmless.</summary>
internal static class FeedRows
{
    /// <summary>The statement, or null with the reason where the value is no such event.</summary>
    public static NpgsqlBatchCommand? Statement(string topic, ReadOnlySpan<byte> value, out string? error)
    {
        switch (topic)
        {
            case Topics.Tickers:
                return FeedJson.TryRead<TickerSnapshot>(value, out var ticker, out error) ? Ticker(ticker!) : null;
            case Topics.PricesRaw:
                return FeedJson.TryRead<CoinPrice>(value, out var price, out error) ? Price(price!) : null;
            case Topics.Sentiment:
                return FeedJson.TryRead<SentimentValue>(value, out var sentiment, out error) ? Sentiment(sentiment!) : null;
            case Topics.News:
                return FeedJson.TryRead<NewsItem>(value, out var item, out error) ? News(item!) : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(topic), topic, "no slow topic");
        }
    }

    private static NpgsqlBatchCommand Ticker(TickerSnapshot ticker) => Command("""
        insert into market.tickers (symbol, source, timestamp_utc, last_price, price_change_percent, volume)
        values ($1, $2, $3, $4::numeric, $5::numeric, $6::numeric) on conflict do nothing
        """, ticker.Symbol, ticker.Source, ticker.TimestampUtc, ticker.LastPrice, ticker.PriceChangePercent, ticker.Volume);

    private static NpgsqlBatchCommand Price(CoinPrice price)
    {
        var numbers = price.Numbers().ToArray();
        var columns = string.Join(", ", numbers.Select(n => n.Name));
        // Text, not a decimal: PostgreSQL's numeric holds what decimal does not.
        var values = string.Join(", ", numbers.Select((_, i) => $"${i + 9}::numeric"));
        return Command($"""
            insert into market.coin_prices (coin_id, vs_currency, ts_event, symbol, name, market_cap_rank, ath_date, atl_date, {columns})
            values ($1, $2, $3, $4, $5, $6, $7, $8, {values}) on conflict do nothing
            """, [price.CoinId, price.VsCurrency, price.TsEvent, price.Symbol, price.Name, price.MarketCapRank, price.AthDate, price.AtlDate,
                .. numbers.Select(n => (object?)n.Value)]);
    }

    private static NpgsqlBatchCommand Sentiment(SentimentValue sentiment) => Command("""
        insert into market.sentiment (index_name, timestamp_utc, value, classification, source) values ($1, $2, $3, $4, $5)
        on conflict (index_name, timestamp_utc) do update set value = excluded.value, classification = excluded.classification
        where market.sentiment.value <> excluded.value or market.sentiment.classification <> excluded.classification
        """, sentiment.Index, sentiment.TimestampUtc, sentiment.Value, sentiment.Classification, sentiment.Source);

    private static NpgsqlBatchCommand News(NewsItem item) => Command("""
        insert into market.news (item_id, source, title, link, published_at, creators, categories)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
        """, item.Id, item.Source, item.Title, item.Link, item.PublishedAt, item.Creators.ToArray(), item.Categories.ToArray());

    private static NpgsqlBatchCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(Parameter(value));
        return command;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        DateTimeOffset time => new NpgsqlParameter { Value = time.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        null => new NpgsqlParameter { Value = DBNull.Value },
        _ => new NpgsqlParameter { Value = value },
    };
}
