using System.Reflection;
using Crypto.Query.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crypto.Query.Reference;

/// <summary>
/// The contract of the REST API, <c>openapi.json</c> beside this file: written by hand, like the protos, since the answers are.
/// Tests hold it against every endpoint, its parameters and its answers.
/// </summary>
internal static class OpenApiDocument
{
    public const string Path = "/openapi/v1.json";

    private static readonly byte[] Body = Read();

    public static void MapOpenApiDocument(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(Path, () => new JsonAnswer(Body)).ExcludeFromDescription();

    private static byte[] Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("openapi.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
