using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Grpc;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Live;

/// <summary>The answers with the newest candles, kept as long as no candle of the series changes.</summary>
internal sealed class CandlePages(CandleBook book)
{
    private const int MaxKept = 256;
    private readonly ConcurrentDictionary<(CandleSeries Series, int Limit), Page> _pages = new();

    /// <summary>The page of the newest candles, or null where memory does not hold it.</summary>
    public async ValueTask<Page?> NewestAsync(KnownInstrument instrument, Interval interval, int limit, CancellationToken cancellation)
    {
        if (!book.IsFollowing) return null;
        var series = await book.OpenAsync(instrument, interval, cancellation);
        // Before the candles are read: a page may be newer than its sequence, never older.
        var sequence = series.Sequence;
        if (_pages.TryGetValue((series, limit), out var kept) && kept.Sequence == sequence) return kept;
        if (series.TryRead(TimeRange.Everything, limit) is not { } candles) return null;
        if (_pages.Count >= MaxKept) _pages.Clear();
        return _pages[(series, limit)] = new Page(sequence, instrument.Name, interval, candles, limit);
    }

    /// <summary>One answer in both of its forms, each made when it is first asked for.</summary>
    internal sealed class Page(long sequence, string symbol, Interval interval, IReadOnlyList<CandleEntry> candles, int limit)
    {
        private ReadOnlyMemory<byte>? _json;
        private Proto.ListCandlesResponse? _message;

        public long Sequence { get; } = sequence;

        public IReadOnlyList<CandleEntry> Candles { get; } = candles;

        /// <summary>A client is being given this page; what a trace follows is its newest candle.</summary>
        public void Answers(string call)
        {
            if (Candles.Count > 0) Candles[^1].Trace?.End(call);
        }

        /// <summary>The body of <c>/ohlc</c>.</summary>
        public ReadOnlyMemory<byte> Json => _json ??= Format();

        /// <summary>Shared by all calls: never change it.</summary>
        public Proto.ListCandlesResponse Message => _message ??= SharedBytes.Share(ToProto());

        private Proto.ListCandlesResponse ToProto()
        {
            var response = new Proto.ListCandlesResponse();
            foreach (var entry in Candles) response.Candles.Add(entry.Message.Candle);
            if (Candles.Count == limit) response.NextPageToken = GrpcParameters.PageToken(Candles[0].Candle.OpenTimeUs);
            return response;
        }

        private ReadOnlyMemory<byte> Format()
        {
            var output = new ArrayBufferWriter<byte>(64 + (Candles.Count * 512));
            using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
            {
                json.WriteStartObject();
                json.WriteString("symbol"u8, symbol);
                json.WriteString("interval"u8, interval.Name);
                json.WriteStartArray("candles"u8);
                foreach (var candle in Candles) json.WriteRawValue(candle.Json.Span, skipInputValidation: true);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            return output.WrittenMemory;
        }
    }
}
