using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Crypto.Query.Rest;

/// <summary><c>/stream</c>: server-sent events.</summary>
internal sealed class StreamEndpoints(
    MarketCatalog catalog, CandleBook candles, TradeBook trades, TradeQueries queries, AnalyticsQueries analytics,
    IHostApplicationLifetime lifetime)
{
    /// <summary>
    /// Events <c>candle</c>: the newest candles (or, with <c>Last-Event-ID</c>, those from the last one seen on), then every
    /// change. A slow client gets the newest state of each candle.
    /// </summary>
    public async Task<IResult> CandlesAsync(HttpContext http, string? symbol, string? interval, string? snapshot, CancellationToken cancellation)
    {
        var length = Parameters.Interval(interval);
        var count = Parameters.Limit(snapshot, fallback: 1, name: "snapshot");
        var last = LastEventId(http);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var series = await candles.OpenAsync(instrument, length, cancellation);
        return new Streamed(lifetime.ApplicationStopping, async events =>
        {
            var changes = new List<CandleEntry>();
            var sequence = series.Sequence;
            var range = new TimeRange(last, null);
            var first = await candles.ReadAsync(instrument, length, range, last is null ? count : Parameters.MaxLimit, cancellation);
            changes.AddRange(first);
            while (true)
            {
                foreach (var entry in changes)
                {
                    entry.Trace?.End("/stream/candles");
                    events.Write("candle"u8, entry.Candle.OpenTimeUs, entry.NamedJson.Span);
                }
                if (changes.Count > 0) await events.FlushAsync();
                var next = series.NextChange;
                series.ReadChanges(ref sequence, changes);
                if (changes.Count == 0) await events.WaitAsync(next);
            }
        });
    }

    /// <summary>
    /// Events <c>trade</c> with the trade id as their id: with <c>Last-Event-ID</c> what came since, then every trade. A
    /// client too slow for that, or ahead of the store, gets an event <c>skipped</c> with the number of trades left out.
    /// </summary>
    public async Task<IResult> TradesAsync(HttpContext http, string? symbol, CancellationToken cancellation)
    {
        var last = LastEventId(http);
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var series = trades.Of(instrument.Instrument);
        return new Streamed(lifetime.ApplicationStopping, async events =>
        {
            var reader = new TradeReader(series, queries, instrument, last);
            var fresh = new List<TradeEntry>();
            while (true)
            {
                var next = reader.NextChange;
                var missed = await reader.ReadAsync(fresh, cancellation);
                if (missed > 0) events.Write("skipped"u8, Encoding.ASCII.GetBytes($"{{\"trades\":{missed}}}"));
                foreach (var entry in fresh) events.Write("trade"u8, entry.Trade.TradeId, entry.Json.Span);
                if (fresh.Count > 0 || missed > 0) await events.FlushAsync();
                else await events.WaitAsync(next);
            }
        });
    }

    /// <summary>
    /// Events <c>alert</c> with the alert's id: with <c>Last-Event-ID</c> those raised since, then each as it is raised. Alerts
    /// are few, so the table is asked every second.
    /// </summary>
    public async Task<IResult> AlertsAsync(HttpContext http, string? symbol, CancellationToken cancellation)
    {
        const int Batch = 100;
        var last = LastEventId(http);
        var instrument = string.IsNullOrEmpty(symbol) ? null : await catalog.ResolveAsync(symbol, cancellation);
        last ??= (await analytics.AlertsAsync(null, long.MaxValue, 1, cancellation)).FirstOrDefault()?.Id ?? 0;
        return new Streamed(lifetime.ApplicationStopping, async events =>
        {
            while (true)
            {
                var raised = await analytics.AlertsAfterAsync(instrument, last.Value, Batch, cancellation);
                foreach (var alert in raised)
                {
                    events.Write("alert"u8, alert.Id, Format(alert));
                    last = alert.Id;
                }
                if (raised.Count > 0) await events.FlushAsync();
                if (raised.Count < Batch) await events.WaitAsync(Task.Delay(TimeSpan.FromSeconds(1), cancellation));
            }
        });
    }

    private static byte[] Format(AlertRow alert)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(output)) AnalyticsEndpoints.WriteAlert(json, alert);
        return output.WrittenSpan.ToArray();
    }

    private static long? LastEventId(HttpContext http)
    {
        const string Name = "Last-Event-ID";
        var text = http.Request.Headers[Name].ToString();
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && id <= UnixTime.ToMicroseconds(DateTime.MaxValue)) return id;
        throw new BadRequestException(Name, $"{Name} is none that this stream has given");
    }

    private sealed class Streamed(CancellationToken stopping, Func<EventStream, Task> run) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
            try
            {
                var events = new EventStream(httpContext.Response, ending.Token);
                await events.StartAsync();
                await run(events);
            }
            catch (OperationCanceledException)
            {
                // The client has gone, or the server goes and the client will come again: every stream ends so.
            }
        }
    }
}
