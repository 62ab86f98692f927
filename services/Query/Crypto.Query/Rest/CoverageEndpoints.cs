using Crypto.Query.Data;
using Microsoft.AspNetCore.Http;

namespace Crypto.Query.Rest;

/// <summary><c>/coverage</c>.</summary>
internal sealed class CoverageEndpoints(MarketCatalog catalog, CoverageQueries queries)
{
    /// <summary>What the ledger says: which ids are stored or void, and every gap.</summary>
    public async Task<IResult> CoverageAsync(string symbol, CancellationToken cancellation)
    {
        var instrument = await catalog.ResolveAsync(symbol, cancellation);
        var coverage = await queries.ReadAsync(instrument, cancellation);
        return new JsonAnswer(json => RestJson.WriteCoverage(json, coverage, instrument.Name)) { Export = Export.Coverage };
    }
}
