using Crypto.Query.Page;
using Xunit;

namespace Crypto.Page.Tests.Support;

/// <summary>What keeps a test from being run here, or null.</summary>
internal static class Missing
{
    public static string? Page { get; } = PageFiles.IsBuilt ? null : "the page is not built: npm was missing when Crypto.Query was built";

    public static string? Browser { get; } = Page
        ?? (Chromium.Path is null ? "no Chromium: apt-get install chromium, or name one in CRYPTO_CHROMIUM" : null);
}

/// <summary>A test that needs the built page.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PageFactAttribute : FactAttribute
{
    public PageFactAttribute() => Skip = Missing.Page;
}

/// <inheritdoc cref="PageFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PageTheoryAttribute : TheoryAttribute
{
    public PageTheoryAttribute() => Skip = Missing.Page;
}

/// <summary>A test that needs the built page and a browser.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Missing.Browser;
}
