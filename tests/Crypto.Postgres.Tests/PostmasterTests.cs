using Crypto.Postgres.Local;
using Crypto.Testing;
using Xunit;

namespace Crypto.Postgres.Tests;

/// <summary>A server counts as running only where its file names a PostgreSQL process that lives.</summary>
public sealed class PostmasterTests : IDisposable
{
    private readonly TemporaryFolder _cluster = new();

    public void Dispose() => _cluster.Dispose();

    public static TheoryData<string> Stale =>
    [
        "",
        "4711",
        "no number\n/data\n1723161600\n5433\n",
        $"{Environment.ProcessId}\n/data\n1723161600\nno port\n",
        $"{Environment.ProcessId}\n/data\n1723161600\n5433\n", // the id went to another program after a reboot
        $"{int.MaxValue}\n/data\n1723161600\n5433\n",
    ];

    [Fact]
    public void A_cluster_without_the_file_has_no_server()
    {
        Assert.Null(Postmaster.Find(_cluster.Path));
        Assert.Null(Postmaster.Find(Path.Combine(_cluster.Path, "nowhere")));
    }

    [Theory]
    [MemberData(nameof(Stale))]
    public void A_file_that_a_dead_server_left_behind_is_not_believed(string text)
    {
        File.WriteAllText(Path.Combine(_cluster.Path, "postmaster.pid"), text);

        Assert.Null(Postmaster.Find(_cluster.Path));
    }
}
