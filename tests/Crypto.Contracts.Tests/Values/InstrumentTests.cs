using System.Text;
using Crypto.Contracts.Tests.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Crypto.Contracts.Tests.Values;

public sealed class InstrumentTests
{
    [Theory]
    [InlineData("BTCUSDT", "binance-usdm:BTCUSDT")]
    [InlineData("btcusdt", "binance-usdm:BTCUSDT")]
    [InlineData("binance:ethusdt", "binance:ETHUSDT")]
    [InlineData("Binance-USDM:BTCUSDT_260327", "binance-usdm:BTCUSDT_260327")]
    [InlineData("1000PEPEUSDT", "binance-usdm:1000PEPEUSDT")]
    public void A_symbol_belongs_to_the_venue_it_names_or_to_the_default(string text, string key)
    {
        Assert.True(Instrument.TryParse(text, Venues.BinanceUsdm, out var instrument));
        Assert.Equal(key, instrument.Key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("binance:")]
    [InlineData(":BTCUSDT")]
    [InlineData("kraken:BTCUSDT")]
    [InlineData("binance:BTC:USDT")]
    [InlineData("BTC/USDT")]
    [InlineData("BTC USDT")]
    [InlineData("BTC-USDT")]
    [InlineData("ÄÖÜ")]
    [InlineData("BTCUSDT\n")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567")]
    public void What_no_exchange_lists_is_no_instrument(string? text) =>
        Assert.False(Instrument.TryParse(text, Venues.Binance, out _));

    [Fact]
    public void The_key_of_every_instrument_is_read_back_whatever_the_default_venue() =>
        Prop.ForAll(Anything.Instrument.ToArbitrary(), instrument => Assert.All(Venues.All, venue =>
        {
            Assert.True(Instrument.TryParse(instrument.ToString(), venue, out var read));
            Assert.Equal(instrument, read);
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void The_cache_agrees_with_the_parser_and_takes_only_the_canonical_spelling()
    {
        var cache = new InstrumentCache();
        string[] venues = ["binance", "binance-usdm", "BINANCE", "kraken", "", new string('v', 70)];
        string[] symbols = ["BTCUSDT", "btcusdt", "BTC/USDT", "", "B:T", new string('S', 33), "\ufffd"];
        foreach (var round in (string[])["first", "remembered"])
        {
            foreach (var (venue, symbol) in venues.SelectMany(_ => symbols, (venue, symbol) => (venue, symbol)))
            {
                var canonical = Venues.All.Contains(venue) && symbol == "BTCUSDT";
                var found = cache.TryGet(Encoding.UTF8.GetBytes(venue), Encoding.UTF8.GetBytes(symbol), out var instrument);
                Assert.True(found == canonical, $"{round} {venue}:{symbol}");
                if (found) Assert.Equal(new Instrument(venue, symbol), instrument);
            }
        }
    }

    [Fact]
    public void The_cache_refuses_bytes_that_are_no_text() =>
        Assert.False(new InstrumentCache().TryGet("binance"u8, [0xFF, 0xFE, 0xC0], out _));
}
