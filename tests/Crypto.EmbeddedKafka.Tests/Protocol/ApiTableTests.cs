using System.Text;
using Crypto.EmbeddedKafka.Apis;
using Crypto.EmbeddedKafka.Server;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Protocol;

public sealed class ApiTableTests
{
    private const string Begin = "<!-- The table is written by ApiTableTests: CRYPTO_WRITE_DOCS=1 -->\n";
    private const string End = "<!-- End of the table -->";

    /// <summary>With CRYPTO_WRITE_DOCS=1 the table is written, otherwise compared.</summary>
    [Fact]
    public void The_documented_apis_are_the_served_ones()
    {
        string path = Path.Combine(TestData.RepositoryRoot, "docs", "broker.md");
        string page = File.ReadAllText(path);
        int start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        string expected = page[..start] + Table() + page[end..];
        if (Environment.GetEnvironmentVariable("CRYPTO_WRITE_DOCS") == "1")
            File.WriteAllText(path, expected);

        Assert.Equal(expected, File.ReadAllText(path));
    }

    [Fact]
    public void No_api_is_served_in_a_version_range_that_is_empty() => Assert.All(Apis().All, api => Assert.True(api.Min <= api.Max));

    private static string Table()
    {
        var table = new StringBuilder("| key | API | versions | flexible from |\n|---|---|---|---|\n");
        foreach (var api in Apis().All)
        {
            int flexible = Enumerable.Range(api.Min, api.Max - api.Min + 1).FirstOrDefault(v => api.IsFlexible((short)v), -1);
            string from = flexible < 0 ? "-" : $"{flexible}";
            table.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {(short)api.Key} | {api.Key} | {api.Min}-{api.Max} | {from} |\n");
        }
        return table.ToString();
    }

    /// <summary>The handlers are not called, so nothing has to be behind them.</summary>
    private static ApiRegistry Apis() => ServedApis.Create(new BrokerParts(null!, null!, null!, null!, new EmbeddedKafkaOptions(), null!, null!, null!));
}
