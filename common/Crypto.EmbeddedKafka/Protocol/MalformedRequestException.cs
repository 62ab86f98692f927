namespace Crypto.EmbeddedKafka.Protocol;

/// <summary>Bytes that are no request of the protocol. The connection they came on is closed; nobody else notices.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
