using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Crypto.Query.Grpc.Wire;

/// <summary>One call as HTTP/2 carries it: encodings, deadline and cancellation from the headers, the status to the trailers.</summary>
internal sealed class WireCall : IDisposable
{
    private const string Gzip = "gzip";
    private readonly HttpContext _http;
    private readonly CancellationTokenSource? _ending;
    private readonly CancellationToken _stopping;

    /// <param name="http">The request.</param>
    /// <param name="options">The server's limits.</param>
    /// <param name="stopping">Ends a call that would not end by itself when the server stops.</param>
    /// <exception cref="GrpcStatusException">A header of the call cannot be followed.</exception>
    public WireCall(HttpContext http, WireOptions options, CancellationToken stopping)
    {
        _http = http;
        _stopping = stopping;
        if (stopping.CanBeCanceled) _ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var headers = http.Request.Headers;
        DateTime? deadline = null;
        if (headers["grpc-timeout"] is { Count: > 0 } timeout)
        {
            if (!GrpcTimeout.TryParse(timeout.ToString(), out var left))
                throw new GrpcStatusException(GrpcStatus.InvalidArgument, "grpc-timeout is not up to eight digits and one of H M S m u n");
            _ending ??= CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
            _ending.CancelAfter(left);
            deadline = DateTime.UtcNow + left;
        }
        Context = new GrpcCall(http, http.Request.Path.Value ?? "", deadline);
        Reader = new MessageReader(http.Request.BodyReader, RequestIsGzip(headers), options.MaxReceiveMessageBytes);
        var gzip = Takes(headers["grpc-accept-encoding"].ToString(), Gzip);
        if (gzip) http.Response.Headers["grpc-encoding"] = Gzip;
        Writer = new MessageWriter(http.Response.BodyWriter, gzip, options.CompressFromBytes);
    }

    public GrpcCall Context { get; }

    public MessageReader Reader { get; }

    public MessageWriter Writer { get; }

    /// <summary>Fires when the client goes, its deadline passes, or the server stops a stream.</summary>
    public CancellationToken Cancellation => _ending?.Token ?? _http.RequestAborted;

    /// <summary>True once the stopping server ended the call.</summary>
    public bool Stopped => _stopping.IsCancellationRequested;

    /// <summary>True once the deadline, and not the client or the server, ended the call.</summary>
    public bool DeadlinePassed =>
        _ending is { IsCancellationRequested: true } && !Stopped && !_http.RequestAborted.IsCancellationRequested;

    /// <summary>Sends what was written; waits while the client's flow-control window is full.</summary>
    public async ValueTask FlushAsync()
    {
        var result = await _http.Response.BodyWriter.FlushAsync(Cancellation);
        if (result.IsCompleted || result.IsCanceled) throw new OperationCanceledException(Cancellation);
    }

    /// <summary>
    /// Ends the call. Before anything was sent the status goes out in the only headers ("trailers-only"), later in trailers.
    /// </summary>
    public static void Finish(HttpContext http, GrpcStatus status, string message = "", IReadOnlyList<IMessage>? details = null)
    {
        var response = http.Response;
        var body = status == GrpcStatus.Ok || response.HasStarted;
        var target = body ? http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers : response.Headers;
        target["grpc-status"] = StatusText(status);
        if (message.Length > 0) target["grpc-message"] = PercentEncoding.Encode(message);
        if (details is not { Count: > 0 }) return;
        var full = new Rpc.Status { Code = (int)status, Message = message };
        full.Details.AddRange(details.Select(d => Any.Pack(d)));
        target["grpc-status-details-bin"] = Convert.ToBase64String(full.ToByteArray()).TrimEnd('=');
    }

    public void Dispose() => _ending?.Dispose();

    private static string StatusText(GrpcStatus status) => status == GrpcStatus.Ok ? "0" : ((int)status).ToString();

    private static bool RequestIsGzip(IHeaderDictionary headers) => headers["grpc-encoding"].ToString() switch
    {
        "" or "identity" => false,
        Gzip => true,
        var other => throw new GrpcStatusException(GrpcStatus.Unimplemented, $"grpc-encoding {other} is unknown; gzip and identity are"),
    };

    private static bool Takes(string accepted, string encoding)
    {
        foreach (var part in accepted.AsSpan().Split(','))
        {
            if (accepted.AsSpan(part).Trim().SequenceEqual(encoding)) return true;
        }
        return false;
    }
}
