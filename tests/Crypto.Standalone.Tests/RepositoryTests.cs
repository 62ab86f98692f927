using System.Text.Json;
using System.Text.RegularExpressions;
using Crypto.Testing;

namespace Crypto.Standalone.Tests;

/// <summary>What <c>crypto test</c> and a partial package feed rely on.</summary>
public sealed partial class RepositoryTests
{
    // These need Aspire's or gRPC's own packages, and are tested where the feed has them.
    private static readonly string[] NotPortable =
    [
        "tests/Crypto.AppHost.Tests/Crypto.AppHost.Tests.csproj", "tests/Crypto.Query.Service.Tests/Crypto.Query.Service.Tests.csproj",
    ];

    private static readonly string Root = TestData.RepositoryRoot;

    [Fact]
    public void Every_test_project_is_run_in_a_clone()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order().ToList();

        Assert.Empty(projects.Except(Solution()));
        Assert.Equal(NotPortable, projects.Except(Portable()));
    }

    [Fact]
    public void What_is_portable_is_part_of_the_solution_and_exists()
    {
        Assert.Empty(Portable().Except(Solution()));
        Assert.All(Solution(), project => Assert.True(File.Exists(Path.Combine(Root, project)), project));
    }

    [Fact]
    public void What_is_portable_needs_no_package_that_a_partial_feed_may_lack()
    {
        string[] rare = ["Grpc.AspNetCore", "Grpc.Core", "Grpc.Net", "Aspire.", "OpenTelemetry.Extensions.Hosting"];

        foreach (var project in Portable())
        {
            var packages = Package().Matches(File.ReadAllText(Path.Combine(Root, project))).Select(match => match.Groups[1].Value);
            Assert.Equal((project, ""), (project, string.Join(' ', packages.Where(name => rare.Any(name.StartsWith)))));
        }
    }

    [Fact]
    public void What_is_portable_depends_on_nothing_that_is_not()
    {
        var portable = Portable();
        foreach (var project in portable)
        {
            var folder = Path.GetDirectoryName(Path.Combine(Root, project))!;
            var references = Reference().Matches(File.ReadAllText(Path.Combine(Root, project)))
                .Select(match => Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(folder, match.Groups[1].Value))).Replace('\\', '/'));
            Assert.Equal((project, ""), (project, string.Join(' ', references.Except(portable))));
        }
    }

    private static List<string> Portable()
    {
        using var filter = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, "Crypto.Portable.slnf")));
        return [.. filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(p => p.GetString()!.Replace('\\', '/'))];
    }

    private static List<string> Solution() =>
        [.. Project().Matches(File.ReadAllText(Path.Combine(Root, "Crypto.sln"))).Select(match => match.Groups[1].Value.Replace('\\', '/'))];

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex Project();

    [GeneratedRegex("PackageReference Include=\"([^\"]+)\"")]
    private static partial Regex Package();

    [GeneratedRegex("ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();
}
