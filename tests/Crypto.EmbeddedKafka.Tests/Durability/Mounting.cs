using System.Diagnostics;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>A file system of a few megabytes in memory (root only, see <see cref="SystemNeed.Mount"/>).</summary>
internal static class Mounting
{
    internal static Task MountAsync(string folder, string size) => RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder);

    internal static Task ResizeAsync(string folder, string size) => RunAsync("mount", "-o", $"remount,size={size}", folder);

    internal static Task UnmountAsync(string folder) => RunAsync("sh", "-c", $"mountpoint -q {folder} && umount {folder} || true");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
