using Crypto.Ingestion.Exchange;
using Crypto.Ingestion.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Ingestion.Tests.Exchange;

/// <summary>An HTTP server that answers as a test says, for the refusals that no recording has.</summary>
internal sealed class StubExchange : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StubExchange(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<StubExchange> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new StubExchange(app);
    }

    /// <summary>A REST client of an exchange at the address.</summary>
    public static BinanceRest Client(string url, WeightBudget? budget = null, TimeSpan? timeout = null, HttpClient? http = null) => new(
        http ?? new HttpClient { Timeout = timeout ?? TimeSpan.FromSeconds(10) },
        ExchangeEndpoints.For(new IngestionOptions { MarketUrl = url }),
        budget ?? new WeightBudget(1_000_000, TimeProvider.System), "", false, NullLogger<BinanceRest>.Instance);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
