using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;

namespace Crypto.Ingestion.Sequencing;

/// <summary>Everything that ingestion keeps about one instrument. Safe for many threads.</summary>
public sealed class TrackedSymbol(Instrument instrument)
{
    private long _lastFrameUs;
    private long _newestTradeUs;
    private string _skipReason = GapReasons.Skipped;

    public Instrument Instrument { get; } = instrument;

    /// <summary>The record key in Kafka.</summary>
    public byte[] Key { get; } = Encoding.UTF8.GetBytes(instrument.Key);

    /// <summary>The symbol as the exchange writes it, upper case ASCII.</summary>
    public byte[] SymbolUtf8 { get; } = Encoding.UTF8.GetBytes(instrument.Symbol);

    public TradeEncoder Encoder { get; } = new(instrument);

    public TradeSequence Sequence { get; } = new();

    /// <summary>When a frame of this symbol came last, microseconds since the Unix epoch; 0 before the first.</summary>
    public long LastFrameUs => Volatile.Read(ref _lastFrameUs);

    /// <summary>Time of the newest trade seen, by the exchange's clock; 0 before the first.</summary>
    public long NewestTradeUs => Volatile.Read(ref _newestTradeUs);

    public void FrameSeen(long receivedUs) => Volatile.Write(ref _lastFrameUs, receivedUs);

    // Two overlapping connections may race here by a trade; market time is not read to that precision.
    public void TradeSeen(long tradeUs)
    {
        if (tradeUs > Volatile.Read(ref _newestTradeUs)) Volatile.Write(ref _newestTradeUs, tradeUs);
    }

    /// <summary>The next skip is blamed on this; <see cref="TakeSkipReason"/> resets it.</summary>
    public void BlameNextSkipOn(string reason) => Volatile.Write(ref _skipReason, reason);

    /// <summary>Why ids in front of the present frame are missing: a reconnect for the first frame after it, else a skip.</summary>
    public string TakeSkipReason() => Interlocked.Exchange(ref _skipReason, GapReasons.Skipped);
}
