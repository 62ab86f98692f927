using Crypto.Contracts;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Repair;
using Crypto.Ingestion.Sequencing;
using Crypto.Kafka;
using Microsoft.Extensions.Logging;

namespace Crypto.Ingestion.Frames;

/// <summary>
/// What happens to a frame: a trade is checked, put in sequence, encoded and given to Kafka; what should have been a trade
/// goes to the dead letters. Safe for many connections, each with a scratch buffer of its own.
/// </summary>
public sealed partial class FrameIntake(
    SymbolTable symbols, TradePublisher publisher, DeadLetters deadLetters, CoverageReporter reporter, RepairQueue repairs,
    TimeProvider clock, ILogger<FrameIntake> logger)
{
    private const string Stage = "ingestion";
    private long _deadLettersLost;
    private long _lastFrameUs;

    /// <summary>When the last frame of any symbol came, microseconds since the Unix epoch; 0 before the first.</summary>
    public long LastFrameUs => Volatile.Read(ref _lastFrameUs);

    /// <summary>Frames that could not even be put to the dead letters.</summary>
    public long DeadLettersLost => Interlocked.Read(ref _deadLettersLost);

    /// <summary>Handles one frame; completes when Kafka's queue has room for it. Never throws for what the frame contains.</summary>
    /// <param name="frame">The bytes of one message; not used after completion.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> bytes of the caller's own.</param>
    /// <param name="source">The stream's address, for the dead letters.</param>
    /// <param name="cancellation">The process's end: a frame must not be dropped because its connection is.</param>
    public ValueTask<FrameKind> AcceptAsync(
        ReadOnlyMemory<byte> frame, byte[] scratch, string source, CancellationToken cancellation)
    {
        IngestionTelemetry.Frames.Add(1);
        var bytes = frame.Span;
        var parsed = FrameParser.Parse(bytes);
        if (parsed.Kind == FrameKind.Other || parsed.Kind == FrameKind.ServerShutdown) return new(parsed.Kind);
        if (parsed.Kind != FrameKind.Trade) return SetAsideAsync(frame, parsed, source, cancellation);
        if (!symbols.TryGet(parsed.Symbol(bytes), out var symbol))
            return DeadLetterAsync(frame, null, "the symbol is not among those ingested", source, parsed.Kind, cancellation);
        var receivedUs = UnixTime.NowMicroseconds(clock);
        Volatile.Write(ref _lastFrameUs, receivedUs);
        symbol.FrameSeen(receivedUs);
        symbol.TradeSeen(parsed.TradeTimeUs);
        IngestionTelemetry.FeedLag.Record((receivedUs - parsed.EventTimeUs) / 1e6);
        switch (symbol.Sequence.Observe(parsed.TradeId, out var skipped))
        {
            case Observation.Duplicate:
                IngestionTelemetry.Duplicates.Add(1);
                return new(FrameKind.Trade);
            case Observation.Implausible:
                return DeadLetterAsync(frame, symbol, $"trade id {parsed.TradeId} is far from {symbol.Sequence.Newest}",
                    source, parsed.Kind, cancellation);
            case Observation.NewAfterGap:
                Skipped(symbol, skipped, receivedUs);
                break;
            case Observation.New:
            default:
                break;
        }
        var length = symbol.Encoder.Encode(parsed.TradeId, parsed.TradeId, parsed.Price(bytes), parsed.Quantity(bytes),
            parsed.TradeTimeUs, parsed.EventTimeUs, receivedUs, parsed.IsBuyerMaker, TradeOrigin.Stream, scratch);
        var published = publisher.PublishAsync(symbol, scratch.AsSpan(0, length).ToArray(), TradeOrigin.Stream, cancellation);
        return published.IsCompletedSuccessfully ? new(FrameKind.Trade) : AwaitAsync(published);
    }

    /// <summary>Bytes of scratch that any of the symbols needs.</summary>
    public int ScratchLength { get; } = symbols.All.Max(symbol => symbol.Encoder.LengthMax);

    /// <summary>Puts bytes that are no frame at all (oversized, binary) to the dead letters.</summary>
    public ValueTask<FrameKind> RejectAsync(
        ReadOnlyMemory<byte> frame, string reason, string source, CancellationToken cancellation) =>
        DeadLetterAsync(frame, null, reason, source, FrameKind.Bad, cancellation);

    private static async ValueTask<FrameKind> AwaitAsync(ValueTask published)
    {
        await published.ConfigureAwait(false);
        return FrameKind.Trade;
    }

    private void Skipped(TrackedSymbol symbol, IdRange skipped, long receivedUs) =>
        repairs.Add(symbol, new Gap(skipped, symbol.TakeSkipReason(), TradeOrigin.Repair, receivedUs));

    private async ValueTask<FrameKind> SetAsideAsync(
        ReadOnlyMemory<byte> frame, TradeFrame parsed, string source, CancellationToken cancellation)
    {
        symbols.TryGet(parsed.Symbol(frame.Span), out var symbol);
        if (parsed.Kind != FrameKind.Void || symbol is null)
        {
            // Its id, if it is one, is missing now; the next frame shows it, and REST knows the truth.
            var fault = parsed.Kind == FrameKind.Void ? "the symbol is not among those ingested" : FrameFaults.Describe(parsed.Fault);
            return await DeadLetterAsync(frame, symbol, fault, source, FrameKind.Bad, cancellation).ConfigureAwait(false);
        }
        var receivedUs = UnixTime.NowMicroseconds(clock);
        symbol.FrameSeen(receivedUs);
        var observation = symbol.Sequence.Observe(parsed.TradeId, out var skipped);
        if (observation == Observation.Duplicate) return FrameKind.Void;
        if (observation == Observation.NewAfterGap) Skipped(symbol, skipped, receivedUs);
        if (observation != Observation.Implausible)
            await reporter.VoidAsync(symbol, new IdRange(parsed.TradeId, parsed.TradeId), "zero price", cancellation).ConfigureAwait(false);
        await DeadLetterAsync(frame, symbol, "zero price: an id without a trade", source, FrameKind.Void, cancellation).ConfigureAwait(false);
        return FrameKind.Void;
    }

    private async ValueTask<FrameKind> DeadLetterAsync(
        ReadOnlyMemory<byte> frame, TrackedSymbol? symbol, string reason, string source, FrameKind kind, CancellationToken cancellation)
    {
        IngestionTelemetry.BadFrames.Add(1, new KeyValuePair<string, object?>("reason", kind.ToString()));
        try
        {
            await deadLetters.PublishAsync(
                Topics.Trades, symbol?.Key, frame.ToArray(), reason, $"{Stage} {source}", cancellation).ConfigureAwait(false);
        }
        catch (RetriableException e)
        {
            // The frame was useless anyway; a broker that is away must not stop the stream for it.
            Interlocked.Increment(ref _deadLettersLost);
            Log.DeadLetterLost(logger, reason, e.Message);
        }
        return kind;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A bad frame ({Reason}) could not be put to the dead letters: {Cause}")]
        public static partial void DeadLetterLost(ILogger logger, string reason, string cause);
    }
}
