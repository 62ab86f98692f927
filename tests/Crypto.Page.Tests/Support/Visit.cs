using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Crypto.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crypto.Page.Tests.Support;

/// <summary>One reader's look at the page: a browser context of its own, and everything that went wrong in it.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _host;

    private Visit(IBrowserContext context, IPage page, string host) => (_context, Page, _host) = (context, page, host);

    public IPage Page { get; }

    /// <summary>Errors of scripts, of the content security policy, and requests that left this host.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>The element of the chart; its data attributes tell what the canvas shows.</summary>
    public ILocator Chart => Page.Locator("#chart");

    public static async Task<Visit> ToAsync(PageHost host, string hash = "", ColorScheme scheme = ColorScheme.Dark, bool phone = false)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1440, Height = 900 },
            DeviceScaleFactor = phone ? 2 : 1,
            IsMobile = phone,
            HasTouch = phone,
            ColorScheme = scheme,
        });
        var visit = new Visit(context, await context.NewPageAsync(), host.Url);
        visit.Listen();
        await visit.Page.GotoAsync($"{host.Url}/{hash}");
        return visit;
    }

    /// <summary>Waits until the chart has candles of this symbol and interval, and that many of them.</summary>
    public async Task ShowsAsync(string symbol, string interval, int atLeast = 1) =>
        await UntilAsync($"the chart shows {symbol} {interval}", async () =>
            await DataAsync("symbol") == symbol && await DataAsync("interval") == interval && await CandlesAsync() >= atLeast);

    public async Task<string> DataAsync(string name) => await Chart.GetAttributeAsync($"data-{name}") ?? "";

    public async Task<int> CandlesAsync() => int.TryParse(await DataAsync("candles"), CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>When the page's first content was painted, after the navigation began.</summary>
    public async Task<double> PaintMillisecondsAsync() =>
        await Page.EvaluateAsync<double?>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime") ?? double.PositiveInfinity;

    public async Task<string> TextAsync(string selector) => await Page.Locator(selector).First.InnerTextAsync();

    /// <summary>Waits for the text of an element.</summary>
    public async Task SaysAsync(string selector, string pattern, float seconds = 30) =>
        await Assertions.Expect(Page.Locator(selector).First).ToHaveTextAsync(
            new Regex(pattern), new LocatorAssertionsToHaveTextOptions { Timeout = seconds * 1000 });

    public async Task UntilAsync(string what, Func<Task<bool>> condition, double seconds = 30)
    {
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (!await condition())
        {
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"not within {seconds} s: {what}; the chart: {await Chart.EvaluateAsync<string>("e => JSON.stringify(e.dataset)")}; {string.Join("; ", Complaints)}");
            await Task.Delay(50);
        }
    }

    /// <summary>A picture for people, in <c>artifacts/screenshots</c>.</summary>
    public async Task PictureAsync(string name)
    {
        var folder = Path.Combine(TestData.RepositoryRoot, "artifacts", "screenshots");
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png") });
    }

    /// <summary>Fails if the page complained, or asked another host for anything.</summary>
    public void IsClean() => Assert.True(Complaints.IsEmpty, string.Join('\n', Complaints));

    public async ValueTask DisposeAsync() => await _context.CloseAsync();

    private void Listen()
    {
        Page.PageError += (_, error) => Complaints.Enqueue($"error: {error}");
        Page.Console += (_, message) =>
        {
            // An endpoint that this host does not serve, or a host that is away, is an answer to the page, not an error of it.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                Complaints.Enqueue($"console: {message.Text}");
        };
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_host + "/", StringComparison.Ordinal)) Complaints.Enqueue($"another host: {request.Url}");
        };
    }
}
