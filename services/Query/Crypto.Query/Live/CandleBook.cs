using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Query.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Live;

/// <summary>
/// The candle series that somebody asked for. A series is registered first and then loaded from the database, which is
/// always ahead of <c>crypto.candles</c>: so what the topic brings meanwhile is not lost, and versions settle the order.
/// </summary>
internal sealed partial class CandleBook(
    CandleQueries queries, IOptions<QueryOptions> options, TimeProvider clock, ILogger<CandleBook> logger) : ITailSink
{
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private int _generation;

    public string Topic => Topics.Candles;

    /// <summary>The series, loaded and followed. Later calls compare it with the database every few seconds.</summary>
    public async ValueTask<CandleSeries> OpenAsync(KnownInstrument instrument, Interval interval, CancellationToken cancellation)
    {
        var slot = _slots.GetOrAdd($"{instrument.Instrument.Key}:{interval.Name}",
            _ => new Slot(new CandleSeries(instrument, interval, options.Value.CachedCandles)));
        if (slot.Generation != Volatile.Read(ref _generation)) await LoadAsync(slot, cancellation);
        else if (IsDue(slot)) _ = RefreshAsync(slot);
        return slot.Series;
    }

    /// <summary>The newest candles in the range, oldest first: from memory where it reaches, else from the database.</summary>
    public async Task<IReadOnlyList<CandleEntry>> ReadAsync(
        KnownInstrument instrument, Interval interval, TimeRange range, int limit, CancellationToken cancellation)
    {
        if (IsFollowing)
        {
            var series = await OpenAsync(instrument, interval, cancellation);
            if (series.TryRead(range, limit) is { } cached) return cached;
        }
        var candles = await queries.ReadAsync(instrument, interval, range, limit, cancellation);
        return [.. candles.Select(c => new CandleEntry(c, instrument.Name))];
    }

    /// <summary>False while the topic cannot be read, so that the database answers instead.</summary>
    public bool IsFollowing { get; private set; }

    public void Followed()
    {
        // What was published while we did not follow is in the database only.
        Interlocked.Increment(ref _generation);
        IsFollowing = true;
        foreach (var slot in _slots.Values) _ = RefreshAsync(slot);
    }

    public void Lost() => IsFollowing = false;

    public void Accept(ConsumeResult<byte[], byte[]> record)
    {
        var (key, value) = (record.Message.Key, record.Message.Value);
        if (key is null || value is null) return;
        Span<char> text = stackalloc char[96];
        if (key.Length > text.Length) return;
        var length = Encoding.UTF8.GetChars(key, text);
        // Most series have no reader; their states are not even parsed.
        if (!_slots.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out var slot)) return;
        try
        {
            slot.Series.Apply(CandleJson.Read(value), AnswerTrace.Of(Activity.Current));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            QueryTelemetry.UnreadableRecords.Add(1, new KeyValuePair<string, object?>("topic", Topic));
            Unreadable(record.TopicPartitionOffset, e.Message);
        }
    }

    private bool IsDue(Slot slot) => IsOld(slot) && slot.Loading.CurrentCount > 0;

    private bool IsOld(Slot slot) => clock.GetElapsedTime(slot.LoadedAt).TotalSeconds >= options.Value.RefreshSeconds;

    private async Task RefreshAsync(Slot slot)
    {
        try
        {
            await LoadAsync(slot, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The series stays as it is; a reader that finds it outdated loads it and is told of the failure.
            NotRefreshed(slot.Series.Instrument.Name, slot.Series.Interval.Name, e.Message);
        }
    }

    private async Task LoadAsync(Slot slot, CancellationToken cancellation)
    {
        await slot.Loading.WaitAsync(cancellation);
        try
        {
            var generation = Volatile.Read(ref _generation);
            // Of several callers that waited for the same load only the first one does it.
            if (slot.Generation == generation && !IsOld(slot)) return;
            var limit = options.Value.CachedCandles;
            var candles = await queries.ReadAsync(slot.Series.Instrument, slot.Series.Interval, TimeRange.Everything, limit, cancellation);
            if (candles.Count == limit) slot.Series.MarkTrimmed();
            slot.Series.Apply(candles);
            slot.LoadedAt = clock.GetTimestamp();
            slot.Generation = generation;
        }
        finally
        {
            slot.Loading.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A record at {Place} is no candle and is left out: {Reason}")]
    private partial void Unreadable(TopicPartitionOffset place, string reason);

    [LoggerMessage(LogLevel.Warning, "Candles of {Symbol} {Interval} could not be compared with the database: {Reason}")]
    private partial void NotRefreshed(string symbol, string interval, string reason);

    private sealed class Slot(CandleSeries series)
    {
        public CandleSeries Series { get; } = series;

        public SemaphoreSlim Loading { get; } = new(1);

        public int Generation { get; set; } = -1;

        public long LoadedAt { get; set; }
    }
}
