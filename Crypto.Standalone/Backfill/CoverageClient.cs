using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.Ingestion.Sequencing;
using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Backfill;

/// <summary>Reads the ledger of a running system over its API.</summary>
internal sealed class CoverageClient(HttpClient http)
{
    /// <summary>The ids that are stored or void; none of an instrument that the store does not know yet.</summary>
    /// <exception cref="UsageException">There is no such system.</exception>
    public async Task<IdRangeSet> CoveredAsync(Instrument instrument, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync($"/coverage/{instrument.Key}", cancellation);
            var covered = new IdRangeSet();
            if (answer.StatusCode == HttpStatusCode.NotFound) return covered;
            if (!answer.IsSuccessStatusCode) throw new UsageException($"{http.BaseAddress} answers {(int)answer.StatusCode} to /coverage/{instrument.Key}");
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            foreach (var range in json.GetProperty("ranges").EnumerateArray())
                covered.Add(new IdRange(range.GetProperty("first").GetInt64(), range.GetProperty("last").GetInt64()));
            return covered;
        }
        catch (Exception e) when (HttpFailure.Is(e) || e is JsonException or KeyNotFoundException)
        {
            throw new UsageException($"{http.BaseAddress} cannot be asked for its ledger: {e.Message} (does the system run?)");
        }
    }
}
