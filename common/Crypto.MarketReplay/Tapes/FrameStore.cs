namespace Crypto.MarketReplay.Tapes;

/// <summary>The bytes of all frames, in large blocks, so that a recording may be larger than an array.</summary>
internal sealed class FrameStore
{
    private const int BlockLength = 1 << 24;
    private readonly List<byte[]> _blocks = [];
    private int _used = BlockLength;

    /// <summary>Keeps the frame and gives the address under which <see cref="Get"/> finds it.</summary>
    public long Add(ReadOnlySpan<byte> frame)
    {
        if (_used + frame.Length > BlockLength)
        {
            _blocks.Add(new byte[Math.Max(BlockLength, frame.Length)]);
            _used = 0;
        }
        frame.CopyTo(_blocks[^1].AsSpan(_used));
        var address = ((long)(_blocks.Count - 1) << 32) | (uint)_used;
        _used += frame.Length;
        return address;
    }

    public ReadOnlySpan<byte> Get(long address, int length) => _blocks[(int)(address >> 32)].AsSpan((int)(address & uint.MaxValue), length);
}
