using System.Buffers.Binary;
using System.Security.Cryptography;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;

namespace Crypto.MarketReplay.Tapes;

/// <summary>Reads recordings, merges them by receive time and prepares what a replay needs.</summary>
internal sealed class TapeBuilder
{
    private readonly FrameStore _store = new();
    private readonly FrameParser _parser = new();
    private readonly List<TapeFrame> _frames = [];
    private readonly List<string> _streams = [];
    private readonly Dictionary<string, int> _streamIndex = [];
    private readonly List<SymbolTapeBuilder> _symbols = [];
    private readonly Dictionary<string, int> _symbolIndex = [];
    private readonly HashSet<string> _wanted;
    private readonly HashSet<string> _seen = [];

    private TapeBuilder(IReadOnlyCollection<string> symbols) => _wanted = [.. symbols];

    /// <param name="sources">The recordings, at least one.</param>
    /// <param name="venue">The venue that the caller believes them to be of.</param>
    /// <param name="symbols">Symbols to keep; empty for all.</param>
    /// <param name="closeGaps">See <see cref="SymbolTapeBuilder.Build"/>.</param>
    /// <exception cref="FatalException">A recording is unreadable, of another venue or lacks a symbol.</exception>
    public static Tape Build(
        IReadOnlyList<IRecordingSource> sources, string venue, IReadOnlyCollection<string> symbols, bool closeGaps)
    {
        var builder = new TapeBuilder(symbols);
        var readers = sources.Select(s => new RecordingReader(s)).ToList();
        try
        {
            builder.Merge(readers, venue);
        }
        finally
        {
            readers.ForEach(r => r.Dispose());
        }
        builder.CheckSymbols();
        return builder.Finish(closeGaps, HashOf(readers.Select(r => r.Hash), symbols));
    }

    private void Merge(List<RecordingReader> readers, string venue)
    {
        foreach (var reader in readers) reader.MoveNext();
        var clockNs = 0L;
        while (true)
        {
            RecordingReader? next = null;
            foreach (var reader in readers)
                if (!reader.Ended && (next is null || reader.Current.ReceivedNs < next.Current.ReceivedNs)) next = reader;
            if (next is null) return;
            // A recorder's clock may step back; its frames keep their order.
            clockNs = Math.Max(clockNs, next.Current.ReceivedNs);
            Add(next, clockNs / 1000, venue);
            next.MoveNext();
        }
    }

    private void Add(RecordingReader reader, long receivedUs, string venue)
    {
        var bytes = reader.Current.Frame.Span;
        var parsed = _parser.Parse(bytes);
        reader.CheckFormat(parsed, bytes, venue);
        if (parsed.Symbol is not null)
        {
            _seen.Add(parsed.Symbol);
            if (_wanted.Count > 0 && !_wanted.Contains(parsed.Symbol)) return;
        }
        var symbol = -1;
        if (parsed.Trade is { } trade)
        {
            symbol = SymbolIndex(parsed.Symbol!);
            _symbols[symbol].Add(trade, _frames.Count);
        }
        _frames.Add(new TapeFrame
        {
            Address = _store.Add(bytes),
            Length = bytes.Length,
            PayloadStart = parsed.Payload.Start,
            PayloadLength = parsed.Payload.Length,
            Stream = StreamIndex(parsed.Stream),
            Symbol = symbol,
            OffsetUs = receivedUs,
            EventTimeUs = parsed.EventTimeUs,
            Fields = parsed.Fields,
            InMicroseconds = parsed.InMicroseconds,
            IsCombined = parsed.IsCombined,
        });
    }

    private int StreamIndex(string? name)
    {
        if (name is null) return -1;
        if (_streamIndex.TryGetValue(name, out var index)) return index;
        _streamIndex[name] = _streams.Count;
        _streams.Add(name);
        return _streams.Count - 1;
    }

    private int SymbolIndex(string name)
    {
        if (_symbolIndex.TryGetValue(name, out var index)) return index;
        _symbolIndex[name] = _symbols.Count;
        _symbols.Add(new SymbolTapeBuilder(name));
        return _symbols.Count - 1;
    }

    private void CheckSymbols()
    {
        var missing = _wanted.FirstOrDefault(s => !_seen.Contains(s));
        if (missing is not null)
            throw new FatalException(
                $"The recordings have no symbol {missing}; they have {string.Join(", ", _seen.Order(StringComparer.Ordinal))}.");
        if (_symbols.Count == 0) throw new FatalException("The recordings have no trades.");
    }

    private Tape Finish(bool closeGaps, string hash)
    {
        var ranks = new int[_frames.Count];
        var symbols = _symbols.OrderBy(s => s.Symbol, StringComparer.Ordinal)
            .Select((s, index) => s.Build(index, closeGaps, ranks)).ToArray();
        var indices = symbols.ToDictionary(s => s.Symbol, s => s.Index);
        var sorted = _symbols.Select(s => indices[s.Symbol]).ToArray();
        var (startUs, lengthUs) = Span();
        var frames = new TapeFrame[_frames.Count];
        var newestEventUs = new long[_frames.Count];
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = _frames[i];
            frames[i] = frame with
            {
                OffsetUs = frame.OffsetUs - _frames[0].OffsetUs,
                Symbol = frame.Symbol < 0 ? -1 : sorted[frame.Symbol],
                Rank = ranks[i],
            };
            newestEventUs[i] = Math.Max(i == 0 ? startUs : newestEventUs[i - 1], frame.EventTimeUs);
        }
        return new Tape(_store, frames, newestEventUs, [.. _streams], symbols, startUs, lengthUs, hash);
    }

    /// <summary>
    /// The recorder's clock may be wrong (1.3 s slow in the sample). It is set right by the smallest latency, so that in a
    /// replay no event comes from the future and the quickest frame arrives at once.
    /// </summary>
    private (long StartUs, long LengthUs) Span()
    {
        var latencies = _frames.Where(f => f.EventTimeUs > 0).Select(f => f.OffsetUs - f.EventTimeUs).Order().ToList();
        // A frame with a wild time must not move the clock: what is a minute off the median does not count.
        var median = latencies.Count == 0 ? 0 : latencies[latencies.Count / 2];
        var smallest = latencies.FirstOrDefault(l => Math.Abs(l - median) < 60 * UnixTime.MicrosecondsPerSecond, median);
        var startUs = _frames[0].OffsetUs - smallest;
        var lengthUs = _frames[^1].OffsetUs - _frames[0].OffsetUs;
        return (startUs - startUs % 1000, (lengthUs / UnixTime.MicrosecondsPerSecond + 1) * UnixTime.MicrosecondsPerSecond);
    }

    private static string HashOf(IEnumerable<byte[]> contents, IReadOnlyCollection<string> symbols)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents.OrderBy(c => BinaryPrimitives.ReadUInt64BigEndian(c))) sha.AppendData(content);
        foreach (var symbol in symbols.Order(StringComparer.Ordinal)) sha.AppendData([.. symbol.Select(c => (byte)c), (byte)',']);
        return Convert.ToHexStringLower(sha.GetHashAndReset().AsSpan(0, 8));
    }
}
