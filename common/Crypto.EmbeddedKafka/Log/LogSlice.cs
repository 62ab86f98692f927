using Microsoft.Win32.SafeHandles;

namespace Crypto.EmbeddedKafka.Log;

/// <summary>Bytes of a segment that are to be sent: they are read into the response only when it is written.</summary>
internal readonly record struct LogSlice(SafeFileHandle? File, long Position, int Length)
{
    /// <exception cref="IOException">The file is shorter than it was.</exception>
    internal void Read(Span<byte> target)
    {
        for (int done = 0; done < Length;)
        {
            int read = RandomAccess.Read(File!, target[done..Length], Position + done);
            if (read == 0)
                throw new IOException($"a log segment ends {Length - done} bytes early");
            done += read;
        }
    }
}
