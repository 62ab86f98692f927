namespace Crypto.Standalone.Commands;

/// <summary>The command line, or what it refers to, cannot be used. The message is one line that says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
