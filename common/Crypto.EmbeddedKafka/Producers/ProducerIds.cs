using System.Buffers.Binary;
using Crypto.EmbeddedKafka.Log;

namespace Crypto.EmbeddedKafka.Producers;

/// <summary>Gives out producer ids, each once: they are reserved on the disk a thousand at a time.</summary>
internal sealed class ProducerIds
{
    private const int Block = 1000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private long _next;
    private long _reserved;

    internal ProducerIds(string path)
    {
        _path = path;
        if (File.Exists(path) && File.ReadAllBytes(path) is { Length: >= sizeof(long) } bytes)
            _next = _reserved = BinaryPrimitives.ReadInt64BigEndian(bytes);
    }

    internal long Next()
    {
        lock (_gate)
        {
            if (_next == _reserved)
            {
                var bytes = new byte[sizeof(long)];
                BinaryPrimitives.WriteInt64BigEndian(bytes, _reserved + Block);
                AtomicFile.Write(_path, bytes);
                _reserved += Block;
            }
            return _next++;
        }
    }
}
