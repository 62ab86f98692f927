namespace Crypto.EmbeddedKafka.Compression;

/// <summary>How much may come out of a batch.</summary>
/// <param name="Bytes">No more than this, and no decoder keeps a larger window.</param>
/// <param name="IsLast">Whether there is no larger limit to try it with again.</param>
internal readonly record struct UnpackLimit(int Bytes, bool IsLast);
