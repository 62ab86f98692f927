using System.Collections.Concurrent;
using Confluent.Kafka;
using Crypto.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Live;

/// <summary>The newest trades of every symbol: from <c>crypto.trades</c> while it can be read, from the database otherwise.</summary>
internal sealed partial class TradeBook(IOptions<QueryOptions> options, ILogger<TradeBook> logger) : ITailSink
{
    private readonly ConcurrentDictionary<Instrument, TradeSeries> _series = new();
    private readonly InstrumentCache _names = new();
    private long _newestEventUs;
    private long _version;

    public string Topic => Topics.Trades;

    /// <summary>False while the topic cannot be read.</summary>
    public bool IsFollowing { get; private set; }

    /// <summary>Rises with every change of a latest price.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The highest event time seen, microseconds: the market's time where the clock is the recording's.</summary>
    public long NewestEventUs => Volatile.Read(ref _newestEventUs);

    public TradeSeries Of(Instrument instrument) => _series.GetOrAdd(instrument, _ => new TradeSeries(options.Value.CachedTrades));

    /// <summary>The newest trade of every symbol that has one.</summary>
    public IEnumerable<TradeEntry> Latest() => _series.Values.Select(s => s.Latest).OfType<TradeEntry>();

    /// <summary>Takes the newest stored trade of a symbol in.</summary>
    public void Raise(in Trade stored)
    {
        if (Of(stored.Instrument).Raise(stored)) Interlocked.Increment(ref _version);
        RaiseEventTime(stored.EventTimeUs);
    }

    public void Followed() => IsFollowing = true;

    public void Lost() => IsFollowing = false;

    public void Accept(ConsumeResult<byte[], byte[]> record)
    {
        if (record.Message.Value is not { } value) return;
        if (!TradeJson.TryRead(value, _names, out var trade, out var error) || (error = RecordBounds.FaultOf(trade)) is not null)
        {
            QueryTelemetry.UnreadableRecords.Add(1, new KeyValuePair<string, object?>("topic", Topic));
            Unreadable(record.TopicPartitionOffset, error!);
            return;
        }
        // History that is fetched later is no news; it is read from the database.
        if (trade.Origin == TradeOrigin.Backfill) Of(trade.Instrument).Raise(trade);
        else Of(trade.Instrument).Append(trade);
        Interlocked.Increment(ref _version);
        RaiseEventTime(trade.EventTimeUs);
    }

    private void RaiseEventTime(long timeUs)
    {
        var known = Volatile.Read(ref _newestEventUs);
        while (timeUs > known)
        {
            var before = Interlocked.CompareExchange(ref _newestEventUs, timeUs, known);
            if (before == known) return;
            known = before;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A record at {Place} is no trade and is left out: {Reason}")]
    private partial void Unreadable(TopicPartitionOffset place, string reason);
}
