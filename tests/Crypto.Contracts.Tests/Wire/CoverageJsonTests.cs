using System.Buffers;
using System.Text;
using System.Text.Json;
using Crypto.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Wire;

public sealed class CoverageJsonTests
{
    private const string Good =
        """{"venue":"binance","symbol":"BTCUSDT","kind":"gapFound","firstTradeId":7,"lastTradeId":9,"reason":"reconnect","timeUs":5}""";

    [Fact]
    public void Every_event_is_read_as_it_was_written() =>
        Prop.ForAll(Anything.Coverage.ToArbitrary(), coverage => Assert.Equal(coverage, CoverageJson.Read(Write(coverage))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_wire_form_is_what_the_contract_shows() =>
        Assert.Equal(Good, Encoding.UTF8.GetString(Write(CoverageJson.Read(Encoding.UTF8.GetBytes(Good)))));

    [Theory]
    [InlineData("\"gapFound\"", "\"gapLost\"", "kind is unknown")]
    [InlineData("\"kind\"", "\"sort\"", "kind is missing")]
    [InlineData("\"binance\"", "\"kraken\"", "venue or symbol is unknown")]
    [InlineData("\"BTCUSDT\"", "\"BTC/USDT\"", "venue or symbol is unknown")]
    [InlineData("\"firstTradeId\":7", "\"firstTradeId\":-7", "firstTradeId and lastTradeId are no range")]
    [InlineData("\"firstTradeId\":7", "\"firstTradeId\":10", "firstTradeId and lastTradeId are no range")]
    [InlineData("\"firstTradeId\":7", "\"firstTradeId\":\"7\"", "firstTradeId is missing")]
    [InlineData("\"lastTradeId\":9", "\"lastTradeId\":9.5", "lastTradeId is missing")]
    [InlineData("\"timeUs\":5", "\"timeUs\":null", "timeUs is missing")]
    [InlineData("\"reconnect\"", "7", "reason is missing")]
    public void What_is_no_event_is_refused_with_the_field_that_is_wrong(string part, string by, string expected)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);

        var failure = Assert.ThrowsAny<JsonException>(
            () => CoverageJson.Read(Encoding.UTF8.GetBytes(Good.Replace(part, by, StringComparison.Ordinal))));

        Assert.Equal(expected, failure.Message);
    }

    [Fact]
    public void Whatever_the_bytes_the_reader_answers_with_an_event_or_the_one_exception()
    {
        var random = new Random(7);
        var good = Encoding.UTF8.GetBytes(Good);
        for (var i = 0; i < TestScale.Count(50_000); i++)
        {
            var bytes = Mutation.Of(good, random);
            if (Record.Exception(() => CoverageJson.Read(bytes)) is { } failure)
                Assert.True(failure is JsonException, $"{failure.GetType()} of {Encoding.UTF8.GetString(bytes)}");
        }
    }

    private static byte[] Write(in CoverageEvent coverage)
    {
        var output = new ArrayBufferWriter<byte>();
        CoverageJson.Write(output, coverage);
        return output.WrittenSpan.ToArray();
    }
}
