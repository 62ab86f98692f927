using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Crypto.Contracts;

namespace Crypto.Testing;

/// <summary>A standalone host that tests ask over HTTP, wherever it runs.</summary>
/// <param name="arguments">What it was started with: <c>--http</c> tells where it is asked.</param>
public abstract class StandaloneSystem(string[] arguments) : IAsyncDisposable
{
    /// <summary>Talks to its <c>--http</c> port.</summary>
    public HttpClient Http { get; } = new() { BaseAddress = AddressIn(arguments) };

    public abstract bool HasExited { get; }

    public abstract int ExitCode { get; }

    /// <summary>Everything it printed so far.</summary>
    public abstract string Output { get; }

    /// <summary>Has it stop as a signal would, waits for the end and returns the exit code.</summary>
    /// <exception cref="TimeoutException">It did not stop in time.</exception>
    public abstract Task<int> StopAsync(TimeSpan within);

    /// <summary>Waits until <c>/health</c> answers 200.</summary>
    public Task<JsonElement> HealthyAsync(TimeSpan? within = null) =>
        UntilAsync("/health", static _ => true, within ?? TimeSpan.FromSeconds(60));

    /// <summary>Asks <paramref name="path"/> until it answers 200 with JSON that satisfies the condition.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, TimeSpan within)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(within.TotalSeconds * Stopwatch.Frequency);
        var last = "no answer";
        while (Stopwatch.GetTimestamp() < deadline)
        {
            var asked = Stopwatch.GetTimestamp();
            if (HasExited) throw new InvalidOperationException($"the process ended with {ExitCode} before {path} was as awaited:\n{Output}");
            try
            {
                using var response = await Http.GetAsync(path);
                last = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    var json = JsonDocument.Parse(last).RootElement;
                    if (condition(json)) return json;
                }
            }
            catch (Exception e) when (HttpFailure.Is(e))
            {
                last = e.Message;
            }
            await Eventually.PauseAsync(TimeSpan.FromMilliseconds(100), asked);
        }
        throw new TimeoutException($"{path} was not as awaited within {within}; last: {last}\n{Output}");
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(path);

    public virtual ValueTask DisposeAsync()
    {
        Http.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private static Uri? AddressIn(string[] arguments)
    {
        var port = arguments.SkipWhile(a => a != "--http").Skip(1).FirstOrDefault() ?? "8080";
        return Uri.TryCreate($"http://127.0.0.1:{port}", UriKind.Absolute, out var address) ? address : null; // a test may give nonsense
    }
}
