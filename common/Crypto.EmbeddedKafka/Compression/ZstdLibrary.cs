using System.Runtime.InteropServices;

namespace Crypto.EmbeddedKafka.Compression;

/// <summary>
/// Zstandard by the system's libzstd, which every current Linux has. Where it is missing, zstd batches are served like any
/// other, but cannot be compacted or searched by time record by record.
/// </summary>
internal static unsafe class ZstdLibrary
{
    private static readonly nint Library = Load();
    private static readonly delegate* unmanaged<nint> CreateStream = (delegate* unmanaged<nint>)Find("ZSTD_createDStream");
    private static readonly delegate* unmanaged<nint, nuint> FreeStream = (delegate* unmanaged<nint, nuint>)Find("ZSTD_freeDStream");
    private static readonly delegate* unmanaged<nuint, uint> IsError = (delegate* unmanaged<nuint, uint>)Find("ZSTD_isError");
    private static readonly delegate* unmanaged<nint, Buffer*, Buffer*, nuint> DecompressStream =
        (delegate* unmanaged<nint, Buffer*, Buffer*, nuint>)Find("ZSTD_decompressStream");

    internal static bool IsAvailable => Library != 0;

    internal static byte[] Decode(ReadOnlySpan<byte> data)
    {
        if (!IsAvailable)
            throw new DecompressionException("libzstd is not installed");
        const int Step = 64 << 10;
        var output = new OutputBuffer(data.Length * 4);
        nint stream = CreateStream();
        try
        {
            fixed (byte* source = data)
            {
                var input = new Buffer { Bytes = source, Size = (nuint)data.Length };
                bool isFull;
                do
                {
                    var free = output.Free(Step);
                    fixed (byte* target = free)
                    {
                        var written = new Buffer { Bytes = target, Size = (nuint)free.Length };
                        if (IsError(DecompressStream(stream, &written, &input)) != 0)
                            throw new DecompressionException("damaged zstd data");
                        output.Advance((int)written.Position);
                        isFull = written.Position == written.Size;
                    }
                }
                while (input.Position < input.Size || isFull);
            }
            return output.ToArray();
        }
        finally
        {
            FreeStream(stream);
        }
    }

    private static nint Load()
    {
        foreach (string name in new[] { "libzstd.so.1", "libzstd.1.dylib", "libzstd.dll", "libzstd" })
        {
            if (NativeLibrary.TryLoad(name, out nint library))
                return library;
        }
        return 0;
    }

    private static nint Find(string function) => Library == 0 ? 0 : NativeLibrary.GetExport(Library, function);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        internal byte* Bytes;
        internal nuint Size;
        internal nuint Position;
    }
}
