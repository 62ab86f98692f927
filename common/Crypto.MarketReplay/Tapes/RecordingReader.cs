using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;

namespace Crypto.MarketReplay.Tapes;

/// <summary>Reads one recording, hashes it, and holds it to one line format and one venue.</summary>
internal sealed class RecordingReader(IRecordingSource source) : IDisposable
{
    private readonly IEnumerator<RecordedFrame> _frames = source.Read().GetEnumerator();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool? _combined;
    private long _line;

    public bool Ended { get; private set; }

    public RecordedFrame Current { get; private set; }

    /// <summary>SHA-256 of what was read, however it was compressed; complete when the recording ended.</summary>
    public byte[] Hash { get; private set; } = [];

    public void MoveNext()
    {
        if (!_frames.MoveNext())
        {
            Ended = true;
            Hash = _hash.GetHashAndReset();
            return;
        }
        _line++;
        Current = _frames.Current;
        var received = Current.ReceivedNs;
        _hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in received)));
        _hash.AppendData(Current.Frame.Span);
        _hash.AppendData("\n"u8);
    }

    /// <exception cref="FatalException">The frame's format or venue is another than that of the frames before.</exception>
    public void CheckFormat(in ParsedFrame frame, ReadOnlySpan<byte> bytes, string venue)
    {
        if (!frame.IsJson) return;
        _combined ??= frame.IsCombined;
        if (frame.IsCombined != _combined)
            throw new FatalException(
                $"The recording {source.Name} mixes line formats: frame {_line} is {Format(frame.IsCombined)}, those before are {Format(_combined.Value)}; split it.");
        if (frame.Trade is not { OnBook: true }) return;
        // Only USD-M trades tell their kind, only spot trades have "M"; what is no trade of a book tells nothing.
        var of = bytes.IndexOf("\"X\":"u8) >= 0 ? Venues.BinanceUsdm : bytes.IndexOf("\"M\":"u8) >= 0 ? Venues.Binance : venue;
        if (of != venue)
            throw new FatalException($"The recording {source.Name} is of {of}, not of {venue}; add --venue {of}.");
    }

    public void Dispose()
    {
        _frames.Dispose();
        _hash.Dispose();
    }

    private static string Format(bool combined) => combined ? "combined ({\"stream\":...,\"data\":...})" : "raw";
}
