using System.Net;
using System.Net.Http.Headers;
using Crypto.Contracts;

namespace Crypto.Ingestion.Feeds;

/// <summary>
/// GET with the validators of the last accepted answer, so that a source which supports it answers 304 without a body. One per
/// feed. Bodies are bounded.
/// </summary>
public sealed class ConditionalClient(HttpClient http, params (string Name, string Value)[] headers)
{
    private const int BodyMax = 8 << 20;
    private Validators _accepted = new("", null, null);
    private Validators? _received;

    /// <summary>The body, or null where nothing has changed since the last accepted answer.</summary>
    public async Task<byte[]?> GetAsync(string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        _received = null;
        if (address == _accepted.Address)
        {
            if (_accepted.EntityTag is { } entityTag) request.Headers.IfNoneMatch.Add(entityTag);
            request.Headers.IfModifiedSince = _accepted.LastModified;
        }
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.NotModified) return null;
            if (!response.IsSuccessStatusCode) throw Refusal(response);
            var body = await ReadAsync(response, cancellation).ConfigureAwait(false);
            _received = new Validators(address, response.Headers.ETag, response.Content.Headers.LastModified);
            return body;
        }
        catch (Exception e) when (HttpFailure.Is(e) || e is IOException)
        {
            throw new FeedUnavailableException($"{Host(address)} cannot be reached: {e.Message}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new FeedUnavailableException($"{Host(address)} did not answer in time", inner: e);
        }
    }

    /// <summary>What the last answer brought is kept: from now on only changes are asked for. Without this the answer comes again.</summary>
    public void Accept() => _accepted = _received ?? _accepted;

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
        if (status is 429 or 418) return new FeedUnavailableException($"{host} asks for patience ({status})", RetryAfter(response));
        if (status >= 500) return new FeedUnavailableException($"{host} answers {status}", RetryAfter(response));
        return new FeedRefusedException($"{host} refuses the request ({status})");
    }

    // In seconds, or as a date by the source's own clock.
    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } pause } => pause,
        { Date: { } until } => until - (response.Headers.Date ?? DateTimeOffset.UtcNow),
        _ => null,
    };

    // The query may carry a key and stays out of messages.
    private static string Host(string address) => new Uri(address).GetLeftPart(UriPartial.Path);

    private sealed record Validators(string Address, EntityTagHeaderValue? EntityTag, DateTimeOffset? LastModified);
}
