using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Crypto.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crypto.ServiceDefaults;

/// <summary>Something that an operator may ask of a service: <c>POST /admin/{name}</c> with <c>Admin:Token</c> as bearer.</summary>
/// <param name="Name">The last part of the path.</param>
/// <param name="RunAsync">Does it, and says in one line what was done.</param>
public sealed record AdminAction(string Name, Func<IServiceProvider, CancellationToken, Task<string>> RunAsync);

public static class AdminEndpoints
{
    public static WebApplicationBuilder AddAdminAction(
        this WebApplicationBuilder builder, string name, Func<IServiceProvider, CancellationToken, Task<string>> run)
    {
        builder.Services.AddSingleton(new AdminAction(name, run));
        return builder;
    }

    internal static void MapAdmin(this WebApplication app)
    {
        // Without a token nobody may change anything, on loopback neither.
        if (app.Configuration["Admin:Token"] is not { Length: > 0 } token) return;
        var admin = app.MapGroup("/admin").ExcludeFromDescription().AddEndpointFilter(async (call, next) =>
            IsToken(call.HttpContext.Request, token) ? await next(call) : Results.Problem("a bearer token is needed", statusCode: 401));
        foreach (var action in app.Services.GetServices<AdminAction>())
        {
            admin.MapPost("/" + action.Name, (IServiceProvider services, CancellationToken cancellation) =>
                AnswerAsync(action, services, cancellation));
        }
    }

    // Whoever pressed the button reads why nothing came of it.
    private static async Task<IResult> AnswerAsync(AdminAction action, IServiceProvider services, CancellationToken cancellation)
    {
        try
        {
            return Results.Text(await action.RunAsync(services, cancellation));
        }
        catch (Exception e) when (e is RetriableException or DbException or HttpRequestException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static bool IsToken(HttpRequest request, string token) =>
        request.Headers.Authorization.ToString() is { } given && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes("Bearer " + token)));
}
