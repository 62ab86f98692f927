using System.Text;
using System.Text.Json;
using Crypto.Contracts;
using Crypto.MarketReplay.Recordings;

namespace Crypto.MarketReplay.Tests;

/// <summary>A generated market is a function of its seed and keeps the rules that an exchange keeps.</summary>
public sealed class SyntheticMarketTests
{
    [Fact]
    public void The_same_seed_makes_the_same_frames_and_another_one_others()
    {
        Assert.Equal(Lines(Options(seed: 7)), Lines(Options(seed: 7)));
        Assert.NotEqual(Lines(Options(seed: 7)), Lines(Options(seed: 8)));
    }

    [Theory]
    [InlineData(Venues.Binance, false)]
    [InlineData(Venues.Binance, true)]
    [InlineData(Venues.BinanceUsdm, false)]
    public void Every_symbol_has_ids_without_holes_and_times_that_do_not_step_back(string venue, bool inMicroseconds)
    {
        var frames = Frames(Options() with { Venue = venue, InMicroseconds = inMicroseconds });

        foreach (var symbol in frames.GroupBy(frame => frame.GetProperty("s").GetString()))
        {
            var ids = symbol.Select(frame => frame.GetProperty("t").GetInt64()).ToList();
            Assert.Equal(Enumerable.Range(0, ids.Count).Select(i => ids[0] + i), ids);
            var times = symbol.Select(frame => frame.GetProperty("T").GetInt64()).ToList();
            Assert.Equal(times.Order(), times);
            Assert.All(symbol, frame => Assert.True(Positive(frame, "p") && Positive(frame, "q")));
        }
        Assert.Equal(3, frames.Select(frame => frame.GetProperty("s").GetString()).Distinct().Count());
        Assert.All(frames, frame => Assert.Equal(venue == Venues.BinanceUsdm, frame.TryGetProperty("X", out _)));
        Assert.All(frames, frame => Assert.Equal(inMicroseconds ? 16 : 13, $"{frame.GetProperty("E").GetInt64()}".Length));
    }

    [Fact]
    public void The_rate_and_the_length_are_about_what_was_asked_for()
    {
        var options = Options() with { TradesPerSecond = 2000, Duration = TimeSpan.FromSeconds(10) };

        var frames = new SyntheticMarket(options).Read().Select(frame => frame.ReceivedNs).ToList();

        Assert.InRange(frames.Count, 18_000, 22_000);
        Assert.InRange(frames[^1] - frames[0], 9_900_000_000, 10_010_000_000);
    }

    [Fact]
    public void Names_for_many_symbols_differ_and_are_symbols()
    {
        var names = SyntheticMarket.SymbolNames(1500);

        Assert.Equal(1500, names.Distinct().Count());
        Assert.All(names, name => Assert.True(Instrument.TryParse(name, Venues.Binance, out _)));
    }

    private static SyntheticMarketOptions Options(int seed = 1) =>
        new() { Seed = seed, Symbols = SyntheticMarket.SymbolNames(3), TradesPerSecond = 500, Duration = TimeSpan.FromSeconds(2) };

    private static bool Positive(JsonElement frame, string name) => decimal.Parse(frame.GetProperty(name).GetString()!, provider: null) > 0;

    // Frames share their bytes, so each is taken as text while it is there.
    private static List<string> Lines(SyntheticMarketOptions options) =>
        [.. new SyntheticMarket(options).Read().Select(frame => $"{frame.ReceivedNs} {Encoding.UTF8.GetString(frame.Frame.Span)}")];

    private static List<JsonElement> Frames(SyntheticMarketOptions options) =>
        [.. Lines(options).Select(line => JsonDocument.Parse(line[20..]).RootElement.GetProperty("data"))];
}
