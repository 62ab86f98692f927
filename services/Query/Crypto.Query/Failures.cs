namespace Crypto.Query;

/// <summary>A parameter that no retry will mend: 400 over REST, INVALID_ARGUMENT over gRPC.</summary>
/// <param name="parameter">The parameter's name as the client wrote it.</param>
/// <param name="message">What is wrong and what is allowed.</param>
public sealed class BadRequestException(string parameter, string message) : Exception(message)
{
    public string Parameter { get; } = parameter;
}

/// <summary>What was asked for does not exist: 404 over REST, NOT_FOUND over gRPC.</summary>
/// <param name="parameter">The parameter that names it.</param>
/// <param name="value">What the client asked for.</param>
/// <param name="message">What is missing.</param>
public sealed class NotFoundException(string parameter, string value, string message) : Exception(message)
{
    public string Parameter { get; } = parameter;

    public string Value { get; } = value;
}
