using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Feeds;
using Crypto.MarketReplay.Recordings;
using Crypto.MarketReplay.Rest;
using Crypto.MarketReplay.Scenarios;
using Crypto.MarketReplay.Sockets;
using Crypto.MarketReplay.Tapes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay;

/// <summary>
/// An exchange that speaks Binance's protocol and replays recordings: websocket streams, REST, one clock for both.
/// </summary>
public sealed class MarketReplayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ReplayClock _clock;
    private readonly StartGate _gate;
    private readonly MarketReplayOptions _options;
    private readonly long _startPosition;
    private readonly CancellationTokenSource _stopping;

    private MarketReplayServer(WebApplication app, ReplayClock clock, StartGate gate, MarketReplayOptions options, CancellationTokenSource stopping)
    {
        (_app, _clock, _gate, _options, _stopping) = (app, clock, gate, options, stopping);
        _startPosition = clock.Position;
        Source = new MarketSource(
            "recorded", options.Venue, clock.Timeline.Tape.Hash + (clock.Timeline.Loop ? "-loop" : ""), options.EffectiveClock);
    }

    /// <summary>Base address, e.g. <c>http://127.0.0.1:8082</c>.</summary>
    public string Url => _app.Urls.First();

    /// <summary>What a store remembers about where its data came from.</summary>
    public MarketSource Source { get; }

    public MarketStatus Status
    {
        get
        {
            var timeline = _clock.Timeline;
            return new MarketStatus(
                Source, timeline.Loop, _options.Speed, _clock.State, _clock.MarketTimeUs, _clock.Position - _startPosition,
                timeline.Tape.Count, [.. timeline.Tape.Symbols.Select(s => s.Symbol)]);
        }
    }

    /// <summary>Loads the recordings and serves them.</summary>
    /// <exception cref="FatalException">A setting, a recording or the port cannot be used; one line says why.</exception>
    public static async Task<MarketReplayServer> StartAsync(
        MarketReplayOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        options.Validate();
        var tape = await Task.Run(() => Load(options), cancellationToken).ConfigureAwait(false);
        var logger = loggers.CreateLogger("Crypto.MarketReplay");
        var gate = new StartGate(tape.Symbols.Count, options.StartGrace, options.Time);
        var clock = CreateClock(options, new Timeline(tape, options.EffectiveLoop), gate);
        var stopping = new CancellationTokenSource();
        var app = BuildApp(options, loggers);
        var server = new MarketReplayServer(app, clock, gate, options, stopping);
        var plan = options.Scenario is { } text
            ? ScenarioPlan.Lay(Scenario.Load(text, tape.Count), clock.Timeline, clock.Position)
            : ScenarioPlan.Peace;
        var faults = new RequestFaults(plan, clock, logger);
        var sockets = new StreamEndpoint(clock, options, plan, faults, logger);
        var rest = new RestApi(clock, options, faults);
        var feeds = new FeedAnswers(clock, faults);
        app.Run(context => server.ServeAsync(context, sockets, rest, feeds, logger));
        await ListenAsync(app, options, cancellationToken).ConfigureAwait(false);
        Log.Listening(logger, server.Url, options.Venue, tape.Count, string.Join(' ', tape.Symbols.Take(10).Select(s => s.Symbol)), Describe(options));
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
        _stopping.Dispose();
    }

    private static Tape Load(MarketReplayOptions options)
    {
        var files = options.PlaysSample ? SampleRecording.Files : options.Recordings;
        IRecordingSource[] sources = [.. files.Select(f => new RecordingFile(f)), .. options.Sources];
        // The exchange of the present numbers its trades without holes; a recording in its own time keeps what it has.
        var closeGaps = options.EffectiveClock == MarketClock.Now;
        return TapeBuilder.Build(sources, options.Venue, [.. options.Symbols.Select(s => s.ToUpperInvariant())], closeGaps);
    }

    private static ReplayClock CreateClock(MarketReplayOptions options, Timeline timeline, StartGate gate)
    {
        if (double.IsPositiveInfinity(options.Speed)) return new DeliveryClock(timeline, gate);
        var now = options.EffectiveClock == MarketClock.Now;
        if (now && timeline.Loop) return TimedClock.Since(UnixTime.ToMicroseconds(MarketReplayOptions.LoopEpoch), timeline, options.Time);
        return TimedClock.OnDemand(timeline, options.Time, options.Speed, now, gate);
    }

    private static WebApplication BuildApp(MarketReplayOptions options, ILoggerFactory loggers)
    {
        // What lies in the working folder is not the exchange's: neither read as settings nor watched, with every folder below it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new ForwardingLoggers(loggers));
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.WebHost.UseUrls($"http://{options.Host}:{options.Port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(e => e.Protocols = HttpProtocols.Http1);
            // A client that reads slowly is the clock's business, not the web server's.
            kestrel.Limits.MinResponseDataRate = null;
            // A thousand trades in one go.
            kestrel.Limits.MaxResponseBufferSize = 256 * 1024;
        });
        return builder.Build();
    }

    private static async Task ListenAsync(WebApplication app, MarketReplayOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw new FatalException(
                $"The recorded exchange cannot listen on {options.Host}:{options.Port} ({e.Message}); choose another port with --market-port.", e);
        }
    }

    private static string Describe(MarketReplayOptions options)
    {
        var speed = double.IsPositiveInfinity(options.Speed) ? "max" : options.Speed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"clock {options.EffectiveClock.ToString().ToLowerInvariant()}, speed {speed}{(options.EffectiveLoop ? ", loop" : "")}";
    }

    private async Task ServeAsync(HttpContext context, StreamEndpoint sockets, RestApi rest, FeedAnswers feeds, ILogger logger)
    {
        try
        {
            if (await rest.TryAnswerAsync(context, _stopping.Token).ConfigureAwait(false)) return;
            if (await sockets.TryServeAsync(context, _stopping.Token).ConfigureAwait(false)) return;
            if (await feeds.TryAnswerAsync(context, _stopping.Token).ConfigureAwait(false)) return;
            if (context.Request.Path == "/replay/status") await WriteStatusAsync(context).ConfigureAwait(false);
            else context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _stopping.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.RequestFailed(logger, e, context.Request.Path);
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private async Task WriteStatusAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        Status.WriteTo(json);
        await json.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
