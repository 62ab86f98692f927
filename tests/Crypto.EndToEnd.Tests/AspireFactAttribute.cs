using System.Runtime.InteropServices;
using Xunit;

namespace Crypto.EndToEnd.Tests;

/// <summary>A test that drives the Aspire CLI, of which npm has one build.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AspireFactAttribute : FactAttribute
{
    public AspireFactAttribute() => Skip = IsServed ? null : "npm has the Aspire CLI for 64-bit Linux on Intel and AMD only";

    public static bool IsServed { get; } = OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64;
}
