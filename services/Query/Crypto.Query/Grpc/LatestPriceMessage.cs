using Crypto.Query.Data;
using Crypto.Query.Live;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Grpc;

/// <summary>The answer of <c>GetLatestPrices</c>, made anew when a price has changed and shared by all calls until then.</summary>
internal sealed class LatestPriceMessage(MarketCatalog catalog, TradeBook trades, LatestPriceRefresh refresh)
{
    private Made? _made;

    /// <summary>All prices. The message is shared: never change it.</summary>
    public async ValueTask<Proto.GetLatestPricesResponse> AllAsync(CancellationToken cancellation)
    {
        await refresh.LoadedAsync(cancellation);
        var version = trades.Version;
        if (Volatile.Read(ref _made) is { } made && made.Version == version) return made.Response;
        var response = new Proto.GetLatestPricesResponse();
        response.Prices.AddRange(trades.Latest()
            .Select(e => ProtoConvert.ToLatestPrice(e.Trade, catalog.NameOf(e.Trade.Instrument)))
            .OrderBy(p => p.Symbol, StringComparer.Ordinal));
        SharedBytes.Share(response);
        Volatile.Write(ref _made, new Made(version, response));
        return response;
    }

    /// <summary>The prices of these symbols, in their order; a symbol without a trade yet is left out.</summary>
    /// <exception cref="NotFoundException">A symbol is unknown.</exception>
    public async ValueTask<Proto.GetLatestPricesResponse> OfAsync(IReadOnlyCollection<string> symbols, CancellationToken cancellation)
    {
        if (symbols.Count > Rest.Parameters.MaxLimit)
            throw new BadRequestException("symbols", $"symbols has {symbols.Count} names: give at most {Rest.Parameters.MaxLimit}");
        await refresh.LoadedAsync(cancellation);
        var response = new Proto.GetLatestPricesResponse();
        foreach (var symbol in symbols)
        {
            var instrument = await catalog.ResolveAsync(symbol, cancellation);
            if (trades.Of(instrument.Instrument).Latest is { } latest)
                response.Prices.Add(ProtoConvert.ToLatestPrice(latest.Trade, instrument.Name));
        }
        return response;
    }

    private sealed record Made(long Version, Proto.GetLatestPricesResponse Response);
}
