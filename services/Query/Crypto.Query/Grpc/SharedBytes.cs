using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Crypto.Query.Grpc;

/// <summary>
/// Messages that many calls answer with, and that nobody changes any more: the portable server writes their bytes, made
/// once, instead of serializing them for each call. Another server serializes them as any message.
/// </summary>
internal static class SharedBytes
{
    private static readonly ConditionalWeakTable<IMessage, Bytes> Known = [];

    /// <summary>Marks a finished message as shared.</summary>
    public static T Share<T>(T message)
        where T : class, IMessage
    {
        Known.TryAdd(message, new Bytes(message));
        return message;
    }

    /// <summary>The bytes of a shared message; null for any other.</summary>
    public static byte[]? Of(IMessage message) => Known.TryGetValue(message, out var bytes) ? bytes.Value : null;

    private sealed class Bytes(IMessage message)
    {
        private byte[]? _value;

        // A weak table may refer from the value to its key.
        public byte[] Value => _value ??= message.ToByteArray();
    }
}
