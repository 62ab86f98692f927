using Crypto.Contracts;

namespace Crypto.MarketReplay.Recordings;

/// <summary>A frame as it came over the wire, and when.</summary>
/// <param name="ReceivedNs">Receive time by the recorder's clock, nanoseconds since the Unix epoch.</param>
/// <param name="Frame">The frame's bytes, combined (<c>{"stream":...,"data":...}</c>) or raw; valid until the next one is read.</param>
public readonly record struct RecordedFrame(long ReceivedNs, ReadOnlyMemory<byte> Frame);

/// <summary>Where recorded frames come from: a file, or a generator.</summary>
public interface IRecordingSource
{
    /// <summary>What an error message calls it: the file, or the generator and its seed.</summary>
    string Name { get; }

    /// <summary>The frames in the order of their arrival, the same at every call.</summary>
    /// <exception cref="FatalException">The recording cannot be read; the message names it and the line.</exception>
    IEnumerable<RecordedFrame> Read();
}
