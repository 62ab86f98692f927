using Crypto.EmbeddedKafka.Protocol;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>Answers a request; null where the protocol wants none.</summary>
internal delegate ValueTask<TResponse?> ApiHandler<in TRequest, TResponse>(TRequest request, RequestContext context);

/// <summary>One API as it is served: which versions, and from which one on it is flexible.</summary>
internal abstract class ApiBinding(ApiKey key, short min, short max, short flexibleFrom)
{
    internal ApiKey Key => key;

    internal short Min => min;

    internal short Max => max;

    internal bool Serves(short version) => version >= min && version <= max;

    internal bool IsFlexible(short version) => version >= flexibleFrom;

    /// <summary>Reads the body and no more.</summary>
    /// <exception cref="MalformedRequestException">It is not what the API's version wants.</exception>
    internal abstract object Decode(Memory<byte> body, short version);

    /// <summary>Reads the body, has it handled and writes the answer's body.</summary>
    /// <returns>False where there is nothing to answer.</returns>
    internal abstract ValueTask<bool> HandleAsync(Memory<byte> body, RequestContext context, KafkaWriter writer);
}

internal sealed class ApiBinding<TRequest, TResponse>(
    ApiKey key, short min, short max, short flexibleFrom, ApiHandler<TRequest, TResponse> handler)
    : ApiBinding(key, min, max, flexibleFrom)
    where TRequest : IReadable<TRequest>
    where TResponse : class, IWritable
{
    internal override ValueTask<bool> HandleAsync(Memory<byte> body, RequestContext context, KafkaWriter writer)
    {
        var answering = handler(Read(body, context.Version), context);
        return answering.IsCompletedSuccessfully
            ? ValueTask.FromResult(Write(answering.Result, context.Version, writer))
            : Awaited(answering, context.Version, writer);
    }

    internal override object Decode(Memory<byte> body, short version) => Read(body, version);

    private TRequest Read(Memory<byte> body, short version)
    {
        var reader = new KafkaReader(body, IsFlexible(version));
        // What is left over is ignored, as Kafka's own broker does: librdkafka asks for the metadata of all topics, in the
        // flexible versions, with three bytes too many behind the request.
        return TRequest.Read(ref reader, version);
    }

    private static async ValueTask<bool> Awaited(ValueTask<TResponse?> answering, short version, KafkaWriter writer) =>
        Write(await answering, version, writer);

    private static bool Write(TResponse? response, short version, KafkaWriter writer)
    {
        response?.Write(writer, version);
        return response is not null;
    }
}
