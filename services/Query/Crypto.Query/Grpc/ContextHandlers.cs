using System.Runtime.CompilerServices;
using Crypto.Contracts;
using Crypto.Query.Data;
using Crypto.Query.Live;
using Crypto.Query.Rest;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>The methods of <c>crypto.market.v1.MarketContext</c>.</summary>
internal sealed class ContextHandlers(
    MarketCatalog catalog, AnalyticsQueries analytics, ContextQueries context, TradeBook trades, LatestPriceRefresh refresh, TimeProvider clock)
{
    public void AddTo(GrpcMethodTable table)
    {
        var service = Proto.ContextReflection.Descriptor.Services.Single(s => s.Name == "MarketContext");
        table.Unary<Proto.GetAnalyticsRequest, Proto.GetAnalyticsResponse>(service, "GetAnalytics", GetAnalyticsAsync)
            .Unary<Proto.GetReconciliationRequest, Proto.GetReconciliationResponse>(service, "GetReconciliation", GetReconciliationAsync)
            .Unary<Proto.ListAlertsRequest, Proto.ListAlertsResponse>(service, "ListAlerts", ListAlertsAsync)
            .ServerStreaming<Proto.StreamAlertsRequest, Proto.StreamAlertsResponse>(service, "StreamAlerts", StreamAlertsAsync)
            .Unary<Proto.ListSentimentRequest, Proto.ListSentimentResponse>(service, "ListSentiment", ListSentimentAsync)
            .Unary<Proto.ListNewsRequest, Proto.ListNewsResponse>(service, "ListNews", ListNewsAsync)
            .Unary<Proto.GetOverviewRequest, Proto.GetOverviewResponse>(service, "GetOverview", GetOverviewAsync);
    }

    private async Task<Proto.GetAnalyticsResponse> GetAnalyticsAsync(
        Proto.GetAnalyticsRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var interval = Parameters.Interval(request.Interval);
        var limit = GrpcParameters.Limit(request.Limit);
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var response = new Proto.GetAnalyticsResponse { Symbol = instrument.Name, Interval = interval.Name };
        response.Indicators.AddRange((await analytics.IndicatorsAsync(instrument, interval, limit, cancellation)).Select(ContextConvert.ToProto));
        response.MovingAverages.AddRange((await analytics.AveragesAsync(instrument, limit, cancellation)).Select(ContextConvert.ToProto));
        if (await analytics.ForecastAsync(instrument, interval, cancellation) is { } forecast) response.Forecast = ContextConvert.ToProto(forecast);
        return response;
    }

    private async Task<Proto.GetReconciliationResponse> GetReconciliationAsync(
        Proto.GetReconciliationRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var instrument = await catalog.ResolveAsync(request.Symbol, cancellation);
        var response = new Proto.GetReconciliationResponse { Symbol = instrument.Name };
        response.Intervals.AddRange((await analytics.ReconciliationsAsync(instrument, cancellation)).Select(ContextConvert.ToProto));
        return response;
    }

    private async Task<Proto.ListAlertsResponse> ListAlertsAsync(
        Proto.ListAlertsRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var limit = GrpcParameters.Limit(request.Limit);
        var before = GrpcParameters.PagePosition(request.PageToken) ?? long.MaxValue;
        var page = await analytics.AlertsAsync(await OptionalAsync(request.Symbol, cancellation), before, limit, cancellation);
        var response = new Proto.ListAlertsResponse();
        response.Alerts.AddRange(page.Select(ContextConvert.ToProto));
        if (page.Count == limit) response.NextPageToken = GrpcParameters.PageToken(page[^1].Id);
        return response;
    }

    private async IAsyncEnumerable<Proto.StreamAlertsResponse> StreamAlertsAsync(
        Proto.StreamAlertsRequest request, GrpcCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        const int Batch = 100;
        if (request.ResumeAfter < 0) throw new BadRequestException("resume_after", "resume_after is negative: give an alert's id, or 0");
        var instrument = await OptionalAsync(request.Symbol, cancellation);
        var last = request.ResumeAfter > 0 ? request.ResumeAfter
            : (await analytics.AlertsAsync(null, long.MaxValue, 1, cancellation)).FirstOrDefault()?.Id ?? 0;
        while (true)
        {
            var raised = await analytics.AlertsAfterAsync(instrument, last, Batch, cancellation);
            foreach (var alert in raised)
            {
                yield return new Proto.StreamAlertsResponse { Alert = ContextConvert.ToProto(alert) };
                last = alert.Id;
            }
            // Alerts are few, so the table is asked every second.
            if (raised.Count < Batch) await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellation);
        }
    }

    private async Task<Proto.ListSentimentResponse> ListSentimentAsync(
        Proto.ListSentimentRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var response = new Proto.ListSentimentResponse();
        response.Values.AddRange((await context.SentimentAsync(GrpcParameters.Limit(request.Limit), cancellation)).Select(s => ContextConvert.ToProto(s)));
        return response;
    }

    private async Task<Proto.ListNewsResponse> ListNewsAsync(Proto.ListNewsRequest request, GrpcCall call, CancellationToken cancellation)
    {
        var range = GrpcParameters.Range(request.From, request.To);
        var limit = GrpcParameters.Limit(request.Limit);
        var page = await context.NewsAsync(range, limit, cancellation, GrpcParameters.RowPosition(request.PageToken));
        var response = new Proto.ListNewsResponse();
        response.News.AddRange(page.Select(n => ContextConvert.ToProto(n)));
        if (page.Count == limit) response.NextPageToken = page[^1].Position.ToToken();
        return response;
    }

    private async Task<Proto.GetOverviewResponse> GetOverviewAsync(
        Proto.GetOverviewRequest request, GrpcCall call, CancellationToken cancellation)
    {
        await refresh.LoadedAsync(cancellation);
        var nowUs = UnixTime.NowMicroseconds(clock);
        var response = new Proto.GetOverviewResponse();
        response.Prices.AddRange(trades.Latest().Select(e => new Proto.PriceWithAge
        {
            Symbol = catalog.NameOf(e.Trade.Instrument),
            Price = ProtoConvert.ToText(e.Trade.Price),
            TradeTime = ProtoConvert.ToTimestamp(e.Trade.TradeTimeUs),
            AgeSeconds = ContextEndpoints.Age(nowUs, UnixTime.ToDateTime(e.Trade.TradeTimeUs)),
        }).OrderBy(p => p.Symbol, StringComparer.Ordinal));
        response.Sentiment.AddRange((await context.SentimentAsync(1, cancellation)).Select(s => ContextConvert.ToProto(s, nowUs)));
        response.News.AddRange((await context.NewsAsync(TimeRange.Everything, 10, cancellation)).Select(n => ContextConvert.ToProto(n, nowUs)));
        response.Feeds.AddRange((await context.FeedsAsync(cancellation)).Select(ContextConvert.ToProto));
        return response;
    }

    private async ValueTask<KnownInstrument?> OptionalAsync(string symbol, CancellationToken cancellation) =>
        symbol.Length == 0 ? null : await catalog.ResolveAsync(symbol, cancellation);
}
