using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace Crypto.Query.Tests.Wire;

/// <summary>gRPC by hand over HTTP/2, so that a test can send what no official client would.</summary>
internal sealed class RawGrpc(Uri url) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = url };

    /// <summary>Sends a request and reads the response's headers.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string path, HttpContent content, Action<HttpRequestMessage>? change = null, CancellationToken cancellation = default)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.ParseAdd("trailers");
        change?.Invoke(request);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    public static ByteArrayContent Content(byte[] body, string type = "application/grpc")
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("content-type", type);
        return content;
    }

    /// <summary>One message with its prefix.</summary>
    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Splits a body into its messages: flag and payload.</summary>
    public static List<(byte Flag, byte[] Payload)> Unframe(byte[] body)
    {
        var messages = new List<(byte, byte[])>();
        for (var at = 0; at < body.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            messages.Add((body[at], body[(at + 5)..(at + 5 + length)]));
            at += 5 + length;
        }
        return messages;
    }

    /// <summary>Reads the whole body and answers with a header or trailer.</summary>
    public static async Task<string?> EndAsync(HttpResponseMessage response, string name = "grpc-status")
    {
        await response.Content.ReadAsByteArrayAsync();
        if (response.TrailingHeaders.TryGetValues(name, out var trailer)) return trailer.Single();
        return response.Headers.TryGetValues(name, out var header) ? header.Single() : null;
    }

    public void Dispose() => _http.Dispose();
}
