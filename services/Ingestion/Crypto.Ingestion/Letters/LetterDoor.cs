using System.Text;
using Confluent.Kafka;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;
using Crypto.Kafka;

namespace Crypto.Ingestion.Letters;

/// <summary>
/// Which record a dead letter becomes when its original bytes come in again: those of a topic go to the topic as they are, those of a source
/// (a frame, a feed's row) through that source's reader. Keys and ids stay the same, so that a letter may be replayed any number of times.
/// </summary>
/// <param name="venue">Whose frames and tickers they are, where the letter does not say.</param>
/// <param name="currency">CoinGecko's <c>vs_currency</c>, which its rows do not tell.</param>
/// <param name="clock">When a frame is received anew.</param>
public sealed class LetterDoor(string venue, string currency, TimeProvider clock)
{
    /// <summary>The header of a replayed record: dead-letter topic, partition and offset.</summary>
    public const string ReplayHeader = "dlq-replayed-from";

    private const string SourceStage = "ingestion ";

    /// <summary>The record for the letter's topic, or why there is none still: what storage would refuse again is not sent.</summary>
    public (Message<byte[], byte[]>? Record, string? Fault) Open(DeadLetter letter)
    {
        var (record, fault) = !letter.Stage.StartsWith(SourceStage, StringComparison.Ordinal)
            ? (new Message<byte[], byte[]> { Key = letter.Key!, Value = letter.Value }, null)
            : letter.Topic == Topics.Trades ? OfFrame(letter) : OfFeed(letter);
        if (record is null) return (null, fault);
        if (RecordFault.Of(letter.Topic, record.Value) is { } refused) return (null, refused);
        record.Headers = [];
        foreach (var (name, value) in letter.OwnHeaders) record.Headers.Add(name, value);
        record.Headers.Add(ReplayHeader, Encoding.UTF8.GetBytes($"{Topics.DeadLetters(letter.Topic)}/{letter.Partition}/{letter.Offset}"));
        return (record, null);
    }

    /// <summary>True for a frame whose id the exchange has not confirmed: a wrong id in the ledger stays there.</summary>
    public static bool IsDoubtful(DeadLetter letter) =>
        letter.Reason.StartsWith("trade id ", StringComparison.Ordinal) && letter.Reason.Contains(" is far from ", StringComparison.Ordinal);

    private (Message<byte[], byte[]>? Record, string? Fault) OfFrame(DeadLetter letter)
    {
        var frame = FrameParser.Parse(letter.Value);
        if (frame.Kind == FrameKind.Void) return (null, "zero price: the ledger has the id as void");
        if (frame.Kind != FrameKind.Trade) return (null, frame.Kind == FrameKind.Bad ? FrameFaults.Describe(frame.Fault) : "no trade");
        var symbol = Encoding.ASCII.GetString(frame.Symbol(letter.Value));
        var instrument = letter.Key is { } key && Instrument.TryParse(Encoding.UTF8.GetString(key), venue, out var known)
            ? known with { Symbol = symbol }
            : new Instrument(venue, symbol);
        var encoder = new TradeEncoder(instrument);
        var value = new byte[encoder.LengthMax];
        var length = encoder.Encode(frame.TradeId, frame.TradeId, frame.Price(letter.Value), frame.Quantity(letter.Value), frame.TradeTimeUs,
            frame.EventTimeUs, UnixTime.NowMicroseconds(clock), frame.IsBuyerMaker, TradeOrigin.Repair, value);
        return (new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes(instrument.Key), Value = value[..length] }, null);
    }

    private (Message<byte[], byte[]>? Record, string? Fault) OfFeed(DeadLetter letter)
    {
        var item = FeedLetter.Read(letter.Topic, letter.Stage[SourceStage.Length..], letter.Value, venue, currency);
        return item.Fault is { } fault ? (null, fault) : (new Message<byte[], byte[]> { Key = item.Key!, Value = item.Value }, null);
    }
}
