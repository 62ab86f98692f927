namespace Crypto.Postgres.Local;

/// <summary>The local server cannot be had. The message is one line that says what to do.</summary>
public sealed class LocalPostgresException(string message, Exception? inner = null) : Exception(message, inner);
