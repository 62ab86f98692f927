using Xunit;

namespace Crypto.EndToEnd.Tests;

[Collection(nameof(Reference))]
public sealed class CompletenessTests(Reference reference)
{
    [Theory]
    [InlineData("BTCUSDT")]
    [InlineData("ETHUSDT")]
    public void Every_trade_of_a_spot_recording_is_stored_and_the_ledger_proves_it(string symbol)
    {
        var coverage = reference.CoverageOf(symbol);
        var trades = Reference.Trades[symbol];

        Assert.True(coverage.GetProperty("complete").GetBoolean());
        Assert.Equal(trades, coverage.GetProperty("stored").GetInt64());
        Assert.Equal(trades, coverage.GetProperty("lastTradeId").GetInt64() - coverage.GetProperty("firstTradeId").GetInt64() + 1);
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        Assert.Equal(0, coverage.GetProperty("void").GetInt64());
    }

    [Fact]
    public void A_system_whose_recording_has_ended_stays_healthy() =>
        Assert.Equal("healthy", reference.Health.GetProperty("status").GetString());
}
