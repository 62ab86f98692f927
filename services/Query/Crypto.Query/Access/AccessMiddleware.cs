using System.Net;
using Crypto.Query.Grpc;
using Crypto.Query.Grpc.Wire;
using Crypto.Query.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crypto.Query.Access;

/// <summary>
/// Reading is open on loopback (unless <see cref="AccessOptions.KeysOnLoopback"/> is set) and needs a key otherwise; whatever
/// changes state needs one with the scope <c>admin</c> even on loopback. Refusals come as problem details, or as a status to gRPC clients.
/// </summary>
internal sealed partial class AccessMiddleware(
    RequestDelegate next, IOptions<AccessOptions> options, KeyRing keys, RequestRates rates, ILogger<AccessMiddleware> logger)
{
    private readonly AccessOptions _options = options.Value;

    public Task InvokeAsync(HttpContext http)
    {
        var refusal = Check(http);
        if (refusal is null) return next(http);
        QueryTelemetry.Refused.Add(1, new KeyValuePair<string, object?>("reason", refusal.Title));
        Refused(http.Connection.RemoteIpAddress, http.Request.Method, refusal.Title, refusal.Detail);
        return refusal.AnswerAsync(http);
    }

    private Refusal? Check(HttpContext http)
    {
        if (!HostNames.IsAllowed(http.Request.Host, _options.Hosts))
            return new(StatusCodes.Status421MisdirectedRequest, GrpcStatus.PermissionDenied, "Unknown host",
                $"requests to this host name are not answered: add it to {AccessOptions.Section}:Hosts if it is yours");
        // Probes come from anywhere and learn no data.
        if (IsProbe(http.Request.Path)) return null;
        var key = keys.Find(http.Request.Headers, out var given);
        if (given && key is null)
            return new(StatusCodes.Status401Unauthorized, GrpcStatus.Unauthenticated, "Unknown key", "the API key is not known here");
        var scope = ChangesState(http.Request) ? AccessScopes.Admin : AccessScopes.Read;
        if (key is null && (scope == AccessScopes.Admin || _options.KeysOnLoopback || !IsLocal(http)))
            return new(StatusCodes.Status401Unauthorized, GrpcStatus.Unauthenticated, "Key needed",
                $"give an API key with the scope '{scope}' as 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'");
        if (key is not null && !key.Scopes.Contains(scope))
            return new(StatusCodes.Status403Forbidden, GrpcStatus.PermissionDenied, "Scope needed", $"this API key has not the scope '{scope}'");
        if (rates.Any && !rates.TryTake(key, http))
            return new(StatusCodes.Status429TooManyRequests, GrpcStatus.ResourceExhausted, "Too many requests", "slow down: a second's requests are used up");
        return null;
    }

    // gRPC's requests are POSTs too; none of its methods here changes anything.
    private static bool ChangesState(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || WireEndpoint.IsGrpc(request.ContentType));

    // What a proxy on this machine passes on comes from elsewhere.
    private static bool IsLocal(HttpContext http) =>
        (http.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address))
        && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded");

    private static bool IsProbe(PathString path) => path.Value is "/health" or "/alive";

    [LoggerMessage(LogLevel.Debug, "Refused {Method} from {Address}: {Title}, {Detail}")]
    private partial void Refused(IPAddress? address, string method, string title, string detail);

    private sealed record Refusal(int Status, GrpcStatus GrpcStatus, string Title, string Detail)
    {
        public Task AnswerAsync(HttpContext http)
        {
            if (WireEndpoint.IsGrpc(http.Request.ContentType))
            {
                http.Response.ContentType = "application/grpc";
                http.Response.Headers["grpc-status"] = ((int)GrpcStatus).ToString(System.Globalization.CultureInfo.InvariantCulture);
                http.Response.Headers["grpc-message"] = PercentEncoding.Encode(Detail);
                return Task.CompletedTask;
            }
            if (Status == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = "Bearer";
            if (Status == StatusCodes.Status429TooManyRequests) http.Response.Headers.RetryAfter = "1";
            return new Problem(Status, Title, Detail, null).ExecuteAsync(http);
        }
    }
}
