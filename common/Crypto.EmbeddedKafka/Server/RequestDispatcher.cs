using System.Diagnostics;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>Takes a request's bytes apart, finds its API and frames the answer.</summary>
internal sealed class RequestDispatcher(ApiRegistry apis, BrokerMetrics metrics)
{
    private const int SizePrefix = 4;

    /// <returns>The framed answer, or null where the protocol wants none.</returns>
    /// <exception cref="MalformedRequestException">The connection must be closed.</exception>
    internal async ValueTask<KafkaWriter?> DispatchAsync(Memory<byte> frame, string clientHost, CancellationToken aborted)
    {
        long started = Stopwatch.GetTimestamp();
        metrics.Received(frame.Length);
        var (api, header, body) = ReadHeader(frame);
        var writer = new KafkaWriter();
        try
        {
            writer.Int32(0);
            writer.Int32(header.CorrelationId);
            if (api is null)
            {
                // A newer client asks in a version that nobody here knows; it is told, in version 0, in which ones it may.
                new ApiVersionsResponse(ErrorCode.UnsupportedVersion, [apis.ApiVersions]).Write(writer, 0);
            }
            else
            {
                writer.Flexible = api.IsFlexible(header.Version);
                // ApiVersions alone keeps the old response header, so that clients can read it before they know anything.
                if (api.Key != ApiKey.ApiVersions)
                    writer.Tags();
                var context = new RequestContext(header.Version, header.ClientId, clientHost, aborted);
                if (!await api.HandleAsync(body, context, writer))
                {
                    writer.Dispose();
                    return null;
                }
            }
            writer.PatchInt32(0, checked((int)(writer.TotalLength - SizePrefix)));
            metrics.Answered(api?.Key ?? ApiKey.ApiVersions, writer.TotalLength, started);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private (ApiBinding? Api, RequestHeader Header, Memory<byte> Body) ReadHeader(Memory<byte> frame)
    {
        var reader = new KafkaReader(frame, flexible: false);
        var key = (ApiKey)reader.Int16();
        short version = reader.Int16();
        int correlationId = reader.Int32();
        var api = apis.Find(key) ?? throw new MalformedRequestException($"API {(short)key} is not served");
        if (!api.Serves(version))
        {
            if (key == ApiKey.ApiVersions)
                return (null, new RequestHeader(version, correlationId, ""), default);
            throw new MalformedRequestException($"{key} v{version} is not served (v{api.Min} to v{api.Max} are)");
        }
        string clientId = reader.NullableString() ?? "";
        var body = frame[^reader.Remaining..];
        if (!api.IsFlexible(version))
            return (api, new RequestHeader(version, correlationId, clientId), body);
        var tags = new KafkaReader(body, flexible: true);
        tags.Tags();
        return (api, new RequestHeader(version, correlationId, clientId), body[^tags.Remaining..]);
    }

    private readonly record struct RequestHeader(short Version, int CorrelationId, string ClientId);
}
