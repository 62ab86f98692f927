using System.Numerics;
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

    private static readonly delegate* unmanaged<nuint, int> ErrorCode = (delegate* unmanaged<nuint, int>)Find("ZSTD_getErrorCode");
    private static readonly delegate* unmanaged<nint, int, int, nuint> SetParameter =
        (delegate* unmanaged<nint, int, int, nuint>)Find("ZSTD_DCtx_setParameter");
    private static readonly delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint> Compress =
        (delegate* unmanaged<byte*, nuint, byte*, nuint, int, nuint>)Find("ZSTD_compress");

    // zstd.h: ZSTD_d_windowLogMax, its largest value, and ZSTD_error_frameParameter_windowTooLarge of zstd_errors.h.
    private const int WindowLogMax = 100;
    private const int UsualWindowLog = 23; // 8 MiB, as levels up to 19 want
    private const int MaxWindowLog = 30;
    private const int WindowTooLarge = 16;

    internal static bool IsAvailable => Library != 0;

    internal static ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> data, int maxBytes)
    {
        if (!IsAvailable)
            throw new DecompressionException("libzstd is not installed");
        var output = new OutputBuffer(data.Length, maxBytes);
        nint stream = CreateStream();
        // A frame's window is memory too, which its header asks for, however little comes out.
        SetParameter(stream, WindowLogMax, Math.Clamp(BitOperations.Log2((uint)maxBytes) + 1, UsualWindowLog, MaxWindowLog));
        try
        {
            fixed (byte* source = data)
            {
                var input = new Buffer { Bytes = source, Size = (nuint)data.Length };
                bool isFull;
                do
                {
                    var free = output.Free(1);
                    fixed (byte* target = free)
                    {
                        var written = new Buffer { Bytes = target, Size = (nuint)free.Length };
                        nuint result = DecompressStream(stream, &written, &input);
                        if (IsError(result) != 0)
                            throw ErrorCode(result) == WindowTooLarge ? new UnpackedTooLargeException(maxBytes) : new DecompressionException("damaged zstd data");
                        output.Advance((int)written.Position);
                        isFull = written.Position == written.Size;
                    }
                }
                while (input.Position < input.Size || isFull);
            }
            return output.Written;
        }
        finally
        {
            FreeStream(stream);
        }
    }

    /// <summary>Compresses into a target that is no smaller than what it is given.</summary>
    /// <returns>The size, or -1 where it does not become smaller.</returns>
    internal static int Encode(ReadOnlySpan<byte> data, Span<byte> target)
    {
        const int Level = 3; // the library's usual one
        fixed (byte* source = data, packed = target)
        {
            nuint size = Compress(packed, (nuint)target.Length, source, (nuint)data.Length, Level);
            return IsError(size) != 0 ? -1 : (int)size;
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
