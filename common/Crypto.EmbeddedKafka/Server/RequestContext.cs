namespace Crypto.EmbeddedKafka.Server;

/// <summary>What a handler knows about a request beside its body.</summary>
/// <param name="Version">The API's version that the client chose.</param>
/// <param name="ClientId">The client's name for itself; may be empty.</param>
/// <param name="ClientHost">The client's address.</param>
/// <param name="Aborted">Cancelled when the client has gone or the broker ends.</param>
internal sealed record RequestContext(short Version, string ClientId, string ClientHost, CancellationToken Aborted);
