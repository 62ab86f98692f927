using Crypto.Query.Metrics;
using Crypto.Query.Reference;
using Crypto.Query.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Crypto.Query;

public static class QueryEndpoints
{
    /// <summary>Maps the REST API and the event streams. <c>MapHealth</c> is the host's to call, with or without this role.</summary>
    public static IEndpointRouteBuilder MapQuery(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var prices = services.GetRequiredService<PriceEndpoints>();
        var candles = services.GetRequiredService<CandleEndpoints>();
        var coverage = services.GetRequiredService<CoverageEndpoints>();
        var streams = services.GetRequiredService<StreamEndpoints>();
        var api = endpoints.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ProblemFilter>().WithTags("Market data");
        api.MapGet("/prices/latest", prices.LatestAsync).WithSummary("The newest trade of every symbol");
        api.MapGet("/prices/{symbol}", prices.TradesAsync).WithSummary("The newest trades of a symbol, newest first");
        api.MapGet("/ohlc/{symbol}", candles.CandlesAsync).WithSummary("The latest candles of a symbol, oldest first");
        var revisions = services.GetRequiredService<RevisionEndpoints>();
        api.MapGet("/ohlc/{symbol}/revisions", revisions.RevisionsAsync).WithSummary("States that settled candles had before late trades changed them");
        api.MapGet("/coverage/{symbol}", coverage.CoverageAsync).WithSummary("The coverage ledger of a symbol");
        var context = services.GetRequiredService<ContextEndpoints>();
        var analytics = services.GetRequiredService<AnalyticsEndpoints>();
        api.MapGet("/symbols", context.SymbolsAsync).WithSummary("Every symbol with the extent of what is stored");
        api.MapGet("/sentiment", context.SentimentAsync).WithSummary("The newest values of sentiment indices, newest first");
        api.MapGet("/news", context.NewsAsync).WithSummary("The newest news items, newest first");
        api.MapGet("/overview", context.OverviewAsync).WithSummary("Prices, sentiment and news together, with their ages");
        api.MapGet("/analytics/{symbol}", analytics.AnalyticsAsync).WithSummary("Indicators, moving averages and the forecast of a symbol");
        api.MapGet("/alerts", analytics.AlertsAsync).WithSummary("The newest alerts, newest first");
        api.MapGet("/reconciliation/{symbol}", analytics.ReconciliationAsync).WithSummary("How the candles compare with the exchange's own");
        api.MapGet("/stream/candles", streams.CandlesAsync).WithSummary("Candles as they change, as server-sent events");
        api.MapGet("/stream/trades", streams.TradesAsync).WithSummary("Trades as they come, as server-sent events");
        api.MapGet("/stream/alerts", streams.AlertsAsync).WithSummary("Alerts as they are raised, as server-sent events");
        endpoints.MapOpenApiDocument();
        return endpoints.MapPrometheusMetrics();
    }
}
