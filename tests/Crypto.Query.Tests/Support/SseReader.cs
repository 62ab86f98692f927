namespace Crypto.Query.Tests.Support;

/// <summary>One event as a browser would give it to its listener.</summary>
internal sealed record SseEvent(string Name, string? Id, string Data);

/// <summary>Reads server-sent events from a response.</summary>
internal sealed class SseReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private SseReader(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body);
    }

    public static async Task<SseReader> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = (await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
        return new SseReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event; null where the stream has ended.</summary>
    public async Task<SseEvent?> NextAsync(int timeoutSeconds = 120)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(timeoutSeconds));
        string? name = null, id = null, data = null;
        while (await _lines.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.Length == 0 && data is not null) return new SseEvent(name ?? "message", id, data);
            var colon = line.IndexOf(':');
            if (colon <= 0) continue;
            var value = line[(colon + 1)..].TrimStart();
            if (line.StartsWith("event", StringComparison.Ordinal)) name = value;
            else if (line.StartsWith("id", StringComparison.Ordinal)) id = value;
            else if (line.StartsWith("data", StringComparison.Ordinal)) data = value;
        }
        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
