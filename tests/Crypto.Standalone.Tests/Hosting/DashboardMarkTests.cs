using System.Diagnostics;
using System.Text.Json;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>Which processes are known again as dashboards of a dead owner; any program stands for one here.</summary>
public sealed class DashboardMarkTests : IDisposable
{
    private const int Port = 18888;
    private readonly string _folder = Directory.CreateTempSubdirectory("crypto-dashboard-").FullName;
    private readonly Process _dashboard = Process.Start("sleep", "600");

    private string Mark => DashboardMark.PathOf(_folder, Port);

    public void Dispose()
    {
        _dashboard.Kill();
        _dashboard.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void One_whose_owner_lives_is_not_left_behind()
    {
        DashboardMark.Write(Mark, _dashboard);
        Assert.Empty(DashboardMark.FindLeft(_folder));
        Assert.True(File.Exists(Mark));
    }

    [Fact]
    public void One_whose_owner_is_dead_is_found()
    {
        WriteMark(DashboardMark.Identity.Of(_dashboard), Dead());
        var (path, process) = Assert.Single(DashboardMark.FindLeft(_folder));
        using (process) Assert.Equal((Mark, _dashboard.Id), (path, process.Id));
    }

    [Fact]
    public void Another_process_with_the_id_of_a_dead_dashboard_is_left_alone()
    {
        var older = DashboardMark.Identity.Of(_dashboard);
        WriteMark(older with { StartedUtc = older.StartedUtc.AddHours(-1) }, Dead());
        Assert.Empty(DashboardMark.FindLeft(_folder));
        Assert.False(_dashboard.HasExited);
        Assert.False(File.Exists(Mark));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"Dashboard\":{\"Id\":12")]
    [InlineData("null")]
    public void Half_a_mark_is_removed(string text)
    {
        File.WriteAllText(Mark, text);
        Assert.Empty(DashboardMark.FindLeft(_folder));
        Assert.False(File.Exists(Mark));
    }

    private static DashboardMark.Identity Dead()
    {
        using var process = Process.Start("sleep", "600");
        var identity = DashboardMark.Identity.Of(process);
        process.Kill();
        process.WaitForExit();
        return identity;
    }

    private void WriteMark(DashboardMark.Identity process, DashboardMark.Identity owner) =>
        File.WriteAllText(Mark, JsonSerializer.Serialize(new DashboardMark(process, owner)));
}
