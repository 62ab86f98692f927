using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Crypto.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Crypto.Page.Tests.Support;

/// <summary>One reader's look at the page: a browser context of its own, and everything that went wrong in it.</summary>
internal sealed class Visit : IAsyncDisposable
{
    /// <summary>What is awaited comes in a moment; only a machine that has much else to do takes longer, and then there is no hurry.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly IBrowserContext _context;
    private readonly string _host;

    private Visit(IBrowserContext context, IPage page, string host) => (_context, Page, _host) = (context, page, host);

    public IPage Page { get; }

    /// <summary>Errors of scripts, of the content security policy, and requests that left this host.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    /// <summary>The element of the chart; its data attributes tell what the canvas shows.</summary>
    public ILocator Chart => Page.Locator("#chart");

    public static async Task<Visit> ToAsync(PageHost host, string hash = "", ColorScheme scheme = ColorScheme.Dark, bool phone = false, int height = 900)
    {
        var browser = await Chromium.GetAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = height < 900 ? 1280 : 1440, Height = height },
            DeviceScaleFactor = phone ? 2 : 1,
            IsMobile = phone,
            HasTouch = phone,
            ColorScheme = scheme,
        });
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
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

    /// <summary>When the first content of a path of this host was painted, after the navigation began.</summary>
    public async Task<double> PaintMillisecondsAsync(string path)
    {
        await Page.GotoAsync(_host + path);
        var paint = double.PositiveInfinity;
        await UntilAsync($"{path} is painted", async () => (paint = await FirstPaintAsync()) < double.PositiveInfinity);
        return paint;
    }

    private async Task<double> FirstPaintAsync() =>
        await Page.EvaluateAsync<double?>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime") ?? double.PositiveInfinity;

    public async Task<string> TextAsync(string selector) => await Page.Locator(selector).First.InnerTextAsync();

    /// <summary>Waits for the text of an element.</summary>
    public async Task SaysAsync(string selector, string pattern) =>
        await Assertions.Expect(Page.Locator(selector).First).ToHaveTextAsync(
            new Regex(pattern), new LocatorAssertionsToHaveTextOptions { Timeout = (float)Patience.TotalMilliseconds });

    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            if (await condition()) return;
            if (DateTime.UtcNow > deadline)
                throw new TimeoutException($"not within {Patience}: {what}; the chart: {await DescribeAsync()}; {string.Join("; ", Complaints)}");
            await Eventually.PauseAsync(TimeSpan.FromMilliseconds(50), asked);
        }
    }

    // On another page of the host there is no chart.
    private async Task<string> DescribeAsync() =>
        await Page.EvaluateAsync<string>("JSON.stringify(document.querySelector('#chart')?.dataset ?? location.pathname)");

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
