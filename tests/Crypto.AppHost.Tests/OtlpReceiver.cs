using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crypto.AppHost.Tests;

/// <summary>
/// Takes OTLP over HTTP and keeps the raw bodies of traces: enough to see that a span of some name and trace id came, without
/// OTLP's own message types.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> _traces = [];
    private WebApplication? _app;
    private int _metrics;
    private int _logs;

    public string Url => _app?.Urls.First() ?? throw new InvalidOperationException("not started");

    public int MetricReports => _metrics;

    public int LogReports => _logs;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", async (HttpRequest request) => _traces.Enqueue(await BodyAsync(request)));
        _app.MapPost("/v1/metrics", () => { Interlocked.Increment(ref _metrics); });
        _app.MapPost("/v1/logs", () => { Interlocked.Increment(ref _logs); });
        await _app.StartAsync();
    }

    /// <summary>Trace ids (field 1 of a span, 16 bytes) of the reports that hold a span of that name.</summary>
    public IReadOnlySet<string> TraceIdsOf(string span)
    {
        var needle = Encoding.UTF8.GetBytes(span);
        var ids = new HashSet<string>();
        foreach (var body in _traces)
        {
            for (var at = 0; at < body.Length;)
            {
                var found = body.AsSpan(at).IndexOf(needle);
                if (found < 0) break;
                // A span begins with its trace id: tag 0x0a, length 16; the name follows within a hundred bytes.
                var name = at + found;
                var start = body.AsSpan(Math.Max(0, name - 120), name - Math.Max(0, name - 120)).LastIndexOf<byte>([0x0a, 0x10]);
                if (start >= 0) ids.Add(Convert.ToHexStringLower(body, Math.Max(0, name - 120) + start + 2, 16));
                at = name + needle.Length;
            }
        }
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }
}
