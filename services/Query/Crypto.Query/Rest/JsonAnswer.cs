using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary>A JSON body that is written by hand into one buffer, so that its length is known.</summary>
internal sealed class JsonAnswer(ReadOnlyMemory<byte> body) : IResult
{
    public JsonAnswer(Action<Utf8JsonWriter> write)
        : this(Format(write))
    {
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Format(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true })) write(json);
        return output.WrittenMemory;
    }
}
