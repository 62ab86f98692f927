namespace Crypto.Contracts;

/// <summary>A failure that passes: the database is away, the broker is not reachable. Try the same again.</summary>
public sealed class RetriableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another member of the group owns the partition now; nothing was applied.</summary>
public sealed class FencedException(string message) : Exception(message);

/// <summary>A setting or an environment that no retry will mend. The message says what to do.</summary>
public sealed class FatalException(string message, Exception? inner = null) : Exception(message, inner);
