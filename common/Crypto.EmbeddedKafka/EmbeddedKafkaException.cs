namespace Crypto.EmbeddedKafka;

/// <summary>The broker cannot start: a setting or the environment must change. The message says what to do, in one line.</summary>
public sealed class EmbeddedKafkaException(string message, Exception? inner = null) : Exception(message, inner);
