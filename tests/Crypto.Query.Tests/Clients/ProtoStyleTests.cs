using System.Diagnostics;
using Crypto.Testing;
using Xunit;

namespace Crypto.Query.Tests.Clients;

public sealed class ProtoStyleTests
{
    [Fact]
    public async Task The_protos_are_as_buf_wants_them()
    {
        await OfficialClient.Installed;
        var buf = Path.Combine(TestData.RepositoryRoot, "tests", "clients", "node_modules", ".bin", "buf");
        using var lint = Process.Start(new ProcessStartInfo(buf, ["lint"])
        {
            WorkingDirectory = Path.Combine(TestData.RepositoryRoot, "common", "Crypto.Contracts"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (complaints, errors) = (await lint.StandardOutput.ReadToEndAsync(), await lint.StandardError.ReadToEndAsync());
        await lint.WaitForExitAsync();
        Assert.Equal((0, "", ""), (lint.ExitCode, complaints, errors));
    }
}
