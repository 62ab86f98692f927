using System.Net;
using System.Net.Http.Headers;

namespace Crypto.Ingestion.Feeds;

/// <summary>
/// GET with the validators of the last answer, so that a source which supports it answers 304 without a body. One per feed.
/// Bodies are bounded.
/// </summary>
public sealed class ConditionalClient(HttpClient http, params (string Name, string Value)[] headers)
{
    private const int BodyMax = 8 << 20;
    private EntityTagHeaderValue? _entityTag;
    private DateTimeOffset? _lastModified;
    private string _address = "";

    /// <summary>The body, or null where nothing has changed since the last accepted answer.</summary>
    public async Task<byte[]?> GetAsync(string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (address == _address)
        {
            if (_entityTag is not null) request.Headers.IfNoneMatch.Add(_entityTag);
            request.Headers.IfModifiedSince = _lastModified;
        }
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotModified) return null;
            if (!response.IsSuccessStatusCode) throw Refusal(response);
            var body = await ReadAsync(response, cancellation).ConfigureAwait(false);
            (_address, _entityTag, _lastModified) = (address, response.Headers.ETag, response.Content.Headers.LastModified);
            return body;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new FeedUnavailableException($"{Host(address)} cannot be reached: {e.Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new FeedUnavailableException($"{Host(address)} did not answer in time", inner: e);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var collected = new MemoryStream();
        var buffer = new byte[16384];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            if (collected.Length + read > BodyMax) throw new FeedUnavailableException($"the answer is longer than {BodyMax} bytes");
            collected.Write(buffer, 0, read);
        }
        return collected.ToArray();
    }

    private static Exception Refusal(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var host = response.RequestMessage?.RequestUri?.Host ?? "the source";
        if (status is 429 or 418) return new FeedUnavailableException($"{host} asks for patience ({status})", response.Headers.RetryAfter?.Delta);
        if (status >= 500) return new FeedUnavailableException($"{host} answers {status}", response.Headers.RetryAfter?.Delta);
        return new FeedRefusedException($"{host} refuses the request ({status})");
    }

    // The query may carry a key and stays out of messages.
    private static string Host(string address) => new Uri(address).GetLeftPart(UriPartial.Path);
}
