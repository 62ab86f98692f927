using Microsoft.Playwright;

namespace Crypto.Page.Tests.Support;

/// <summary>One headless Chromium for all tests; the system's own, nothing is downloaded.</summary>
internal static class Chromium
{
    private static readonly string[] Candidates =
    [
        "/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];

    // No sandbox as root (CI in a container), and no calls home: they are refused in a closed network and only slow the start.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-gpu-rasterization", "--disable-gpu-compositing", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static readonly Lazy<Task<IBrowser>> Shared = new(LaunchAsync);

    /// <summary>The browser's program, or null where there is none.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("CRYPTO_CHROMIUM") ?? Candidates.FirstOrDefault(File.Exists);

    public static Task<IBrowser> GetAsync() => Shared.Value;

    private static async Task<IBrowser> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = Flags });
        Assertions.SetDefaultExpectTimeout((float)Visit.Patience.TotalMilliseconds);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            browser.CloseAsync().GetAwaiter().GetResult();
            playwright.Dispose();
        };
        return browser;
    }
}
