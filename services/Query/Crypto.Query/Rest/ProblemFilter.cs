using System.Net.Mime;
using System.Text.Json;
using Crypto.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crypto.Query.Rest;

/// <summary>Answers failures of REST handlers as problem details (RFC 9457) that name the parameter.</summary>
internal sealed partial class ProblemFilter(ILogger<ProblemFilter> logger) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadRequestException e)
        {
            return new Problem(StatusCodes.Status400BadRequest, "Bad parameter", e.Message, e.Parameter);
        }
        catch (NotFoundException e)
        {
            return new Problem(StatusCodes.Status404NotFound, "Not found", e.Message, e.Parameter);
        }
        catch (Exception e) when (e is RetriableException or NpgsqlException { IsTransient: true } or TimeoutException)
        {
            Away(e.Message);
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return new Problem(StatusCodes.Status503ServiceUnavailable, "Not available", "the store does not answer at the moment", null);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A request could not be answered: {Reason}")]
    private partial void Away(string reason);
}

/// <summary>Problem details with the name of the parameter that is wrong.</summary>
internal sealed class Problem(int status, string title, string detail, string? parameter) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = MediaTypeNames.Application.ProblemJson;
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("type"u8, "about:blank");
        json.WriteString("title"u8, title);
        json.WriteNumber("status"u8, status);
        json.WriteString("detail"u8, detail);
        json.WriteString("instance"u8, httpContext.Request.Path);
        if (parameter is not null) json.WriteString("parameter"u8, parameter);
        json.WriteEndObject();
    }
}
