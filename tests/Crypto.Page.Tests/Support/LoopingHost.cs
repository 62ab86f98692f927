using Xunit;

namespace Crypto.Page.Tests.Support;

/// <summary>One host with the sample recording on the present clock, for all tests of the collection, one after the other.</summary>
public sealed class LoopingHost : IAsyncLifetime
{
    private PageHost? _host;

    internal PageHost Host => _host ?? throw new InvalidOperationException("no browser, no host");

    public async Task InitializeAsync()
    {
        if (Missing.Browser is not null) return;
        // Half an hour of history is enough to scroll in.
        _host = await PageHost.StartAsync("--set", "Ingestion:FirstStartBackfill=00:30:00");
        await _host.CompleteAsync("BTCUSDT");
        await _host.CompleteAsync("ETHUSDT");
    }

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class LoopingHostCollection : ICollectionFixture<LoopingHost>
{
    public const string Name = "looping host";
}
