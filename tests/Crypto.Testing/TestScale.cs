namespace Crypto.Testing;

/// <summary>Counts as the requirements write them are run whole with <c>CRYPTO_TEST_LONG=1</c>, else a tenth of them.</summary>
public static class TestScale
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CRYPTO_TEST_LONG") == "1";

    /// <summary><paramref name="whole"/> in a long run, a tenth of it (at least <paramref name="atLeast"/>) otherwise.</summary>
    public static int Count(int whole, int atLeast = 1) => IsLong ? whole : Math.Max(whole / 10, atLeast);
}
