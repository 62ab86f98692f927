using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary>Writes server-sent events. A comment goes out while nothing happens, so that both ends notice a dead line.</summary>
internal sealed class EventStream(HttpResponse response, CancellationToken ending)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private readonly PipeWriter _body = response.BodyWriter;

    /// <summary>Sends the headers, and how long a client waits before it comes again.</summary>
    public async Task StartAsync()
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Proxies that collect answers (nginx) would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        _body.Write("retry: 1000\n\n"u8);
        await FlushAsync();
    }

    /// <summary>Appends one event; <paramref name="data"/> is JSON without line ends.</summary>
    public void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, ReadOnlySpan<byte> data)
    {
        _body.Write("event: "u8);
        _body.Write(name);
        if (!id.IsEmpty)
        {
            _body.Write("\nid: "u8);
            _body.Write(id);
        }
        _body.Write("\ndata: "u8);
        _body.Write(data);
        _body.Write("\n\n"u8);
    }

    /// <summary>An event without an id: it moves nobody's position.</summary>
    public void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data) => Write(name, [], data);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public void Write(ReadOnlySpan<byte> name, long id, ReadOnlySpan<byte> data)
    {
        Span<byte> text = stackalloc byte[20];
        id.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        Write(name, text[..length], data);
    }

    public async Task FlushAsync()
    {
        var result = await _body.FlushAsync(ending);
        if (result.IsCompleted) throw new OperationCanceledException(ending);
    }

    /// <summary>Waits for a change, with a comment now and then.</summary>
    public async Task WaitAsync(Task change)
    {
        while (true)
        {
            try
            {
                await change.WaitAsync(Silence, ending);
                return;
            }
            catch (TimeoutException)
            {
                _body.Write(": still here\n\n"u8);
                await FlushAsync();
            }
        }
    }
}
