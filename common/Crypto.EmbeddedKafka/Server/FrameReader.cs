using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>
/// Cuts a connection's bytes into requests. Small ones are handed out where they were received; a large one is received
/// into a buffer of its own, so that a connection at rest holds little.
/// </summary>
internal sealed class FrameReader(Socket socket, int maxRequestBytes, MemoryBudget budget) : IDisposable
{
    private const int SizePrefix = 4;
    private const int BufferSize = 32 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private byte[]? _large;
    private int _largeSize;
    private Task<int>? _ahead;
    private int _start;
    private int _end;

    /// <summary>The next request, valid until the next call; null when the client has gone.</summary>
    /// <exception cref="MalformedRequestException">The size in front of it is not to be believed.</exception>
    internal async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        ReturnLarge();
        if (!await FillAsync(SizePrefix, cancellation))
            return null;
        int size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size < 8)
            throw new MalformedRequestException($"a request of {size} bytes");
        if (size + SizePrefix > _buffer.Length)
            return await ReadLargeAsync(size, cancellation);
        if (!await FillAsync(SizePrefix + size, cancellation))
            return null;
        var frame = _buffer.AsMemory(_start + SizePrefix, size);
        _start += SizePrefix + size;
        return frame;
    }

    /// <summary>
    /// Reads on behind the request that is being answered, to learn whether the client goes before it has its answer. With
    /// a full buffer (a client that sends ahead) it cannot look, and says no.
    /// </summary>
    internal async Task<bool> IsGoneBeforeAsync(Task answering)
    {
        while (_end < _buffer.Length)
        {
            _ahead ??= socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, CancellationToken.None).AsTask();
            if (await Task.WhenAny(answering, _ahead) == answering)
                return false;
            if (!_ahead.IsCompletedSuccessfully || await _ahead == 0)
                return true;
            await TakeAheadAsync(CancellationToken.None);
        }
        return false;
    }

    public void Dispose()
    {
        ReturnLarge();
        var buffer = _buffer;
        _buffer = [];
        // A receive that has not ended may still write into the buffer, so it is nobody else's before that.
        if (_ahead is null)
            ArrayPool<byte>.Shared.Return(buffer);
        else
            _ = ReturnAfterAsync(_ahead, buffer);
    }

    private static async Task ReturnAfterAsync(Task receiving, byte[] buffer)
    {
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Ends the receive that looked ahead, if there is one.</summary>
    /// <returns>False when the client has gone.</returns>
    private async ValueTask<bool> TakeAheadAsync(CancellationToken cancellation)
    {
        if (_ahead is null)
            return true;
        int received = await _ahead.WaitAsync(cancellation);
        if (received == 0)
            return false;
        _ahead = null;
        _end += received;
        return true;
    }

    /// <summary>Makes sure that so many unread bytes are in the buffer.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellation)
    {
        if (_end - _start >= count)
            return true;
        if (!await TakeAheadAsync(cancellation))
            return false;
        if (_start + count > _buffer.Length || _start == _end)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < count)
        {
            int received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, cancellation);
            if (received == 0)
                return false;
            _end += received;
        }
        return true;
    }

    private async ValueTask<Memory<byte>?> ReadLargeAsync(int size, CancellationToken cancellation)
    {
        // Only produce requests are large; the rest must not make the broker build large objects out of them.
        if (!await FillAsync(SizePrefix + sizeof(short), cancellation))
            return null;
        var key = (ApiKey)BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(_start + SizePrefix));
        if (!Enum.IsDefined(key))
            throw new MalformedRequestException("it sends something else than Kafka's requests");
        int limit = key == ApiKey.Produce ? maxRequestBytes : maxRequestBytes / 10;
        if (size > limit)
            throw new MalformedRequestException($"a {key} request of {size} bytes; at most {limit} are taken");
        // What comes ahead would land in the small buffer; there is room in it for a part of this request at most.
        if (!await TakeAheadAsync(cancellation))
            return null;
        await budget.TakeAsync(size, cancellation);
        _largeSize = size;
        _large = ArrayPool<byte>.Shared.Rent(size);
        _start += SizePrefix;
        int received = _end - _start;
        _buffer.AsSpan(_start, received).CopyTo(_large);
        (_start, _end) = (0, 0);
        while (received < size)
        {
            int more = await socket.ReceiveAsync(_large.AsMemory(received, size - received), SocketFlags.None, cancellation);
            if (more == 0)
                return null;
            received += more;
        }
        return _large.AsMemory(0, size);
    }

    private void ReturnLarge()
    {
        if (_large is null)
            return;
        ArrayPool<byte>.Shared.Return(_large);
        _large = null;
        budget.Return(_largeSize);
    }
}
