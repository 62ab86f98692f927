using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.Query.Grpc.Wire;

/// <summary>What every method has in common: the checks of the HTTP request, and how each ending becomes a status.</summary>
internal sealed partial class WireEndpoint(
    WireOptions options, GrpcMetrics metrics, IHostApplicationLifetime lifetime, ILogger logger)
{
    /// <summary>Answers one request with <paramref name="run"/>; a stream ends when the server stops.</summary>
    public async Task HandleAsync(HttpContext http, string method, bool isStream, Func<WireCall, Task> run)
    {
        if (!AcceptsRequest(http)) return;
        var started = metrics.Start();
        var status = await AnswerAsync(http, method, isStream ? lifetime.ApplicationStopping : default, run);
        metrics.Finish(method, status, started);
    }

    /// <summary>Answers a call of a method that no service has.</summary>
    public Task RefuseUnknownAsync(HttpContext http) => HandleAsync(http, "unknown", isStream: false, _ =>
        throw new GrpcStatusException(GrpcStatus.Unimplemented, $"no method {http.Request.Path} is served here"));

    private async Task<GrpcStatus> AnswerAsync(
        HttpContext http, string method, CancellationToken stopping, Func<WireCall, Task> run)
    {
        WireCall? call = null;
        try
        {
            call = new WireCall(http, options, stopping);
            await run(call);
            if (call.DeadlinePassed) return DeadlineExceeded(http);
            WireCall.Finish(http, GrpcStatus.Ok);
            return GrpcStatus.Ok;
        }
        catch (OperationCanceledException) when (call is { DeadlinePassed: true })
        {
            return DeadlineExceeded(http);
        }
        catch (OperationCanceledException) when (call is { Stopped: true })
        {
            WireCall.Finish(http, GrpcStatus.Unavailable, "the server is stopping");
            return GrpcStatus.Unavailable;
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested || e is ConnectionResetException or ConnectionAbortedException)
        {
            Gone(method, e.GetType().Name);
            return GrpcStatus.Cancelled;
        }
        catch (BadHttpRequestException e)
        {
            WireCall.Finish(http, GrpcStatus.Internal, e.Message);
            return GrpcStatus.Internal;
        }
        catch (Exception e)
        {
            var failure = GrpcFailures.ToStatus(e);
            if (failure.Status is GrpcStatus.Internal or GrpcStatus.Unavailable && !ReferenceEquals(e, failure)) Failed(method, e);
            WireCall.Finish(http, failure.Status, failure.Message, failure.Details);
            return failure.Status;
        }
        finally
        {
            call?.Dispose();
        }
    }

    private static GrpcStatus DeadlineExceeded(HttpContext http)
    {
        WireCall.Finish(http, GrpcStatus.DeadlineExceeded, "the deadline passed before the call was done");
        return GrpcStatus.DeadlineExceeded;
    }

    private static bool AcceptsRequest(HttpContext http)
    {
        var response = http.Response;
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            response.StatusCode = StatusCodes.Status426UpgradeRequired;
            response.Headers.Upgrade = "h2c";
            return false;
        }
        if (!IsGrpc(http.Request.ContentType))
        {
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }
        response.ContentType = "application/grpc";
        response.Headers["grpc-accept-encoding"] = "identity,gzip";
        // The size of a message has its own limit, and a stream of requests may pause for as long as it likes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        return true;
    }

    // application/grpc and application/grpc+proto, with or without parameters; not application/grpc-web.
    public static bool IsGrpc(string? contentType)
    {
        const string Grpc = "application/grpc";
        if (contentType is null || !contentType.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase)) return false;
        var rest = contentType.AsSpan(Grpc.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase)) rest = rest["+proto".Length..];
        return rest.TrimStart() is "" or [';', ..];
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "gRPC call {Method} failed")]
    private partial void Failed(string method, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "gRPC call {Method} ended because the client is gone ({Cause})")]
    private partial void Gone(string method, string cause);
}
