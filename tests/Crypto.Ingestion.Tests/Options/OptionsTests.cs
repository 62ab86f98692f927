using System.Text.RegularExpressions;
using Crypto.Ingestion.Feeds;
using Crypto.Ingestion.Options;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Options;

public sealed class OptionsTests
{
    [Theory]
    [InlineData(typeof(IngestionOptions), IngestionOptions.Section)]
    [InlineData(typeof(FeedOptions), FeedOptions.Section)]
    public void The_table_of_the_README_names_every_setting_and_nothing_else(Type options, string section)
    {
        var table = File.ReadLines(Path.Combine(TestData.RepositoryRoot, "README.md"))
            .SkipWhile(line => !line.StartsWith($"| `{section}:` |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

        var named = table.SelectMany(row => Regex.Matches(row.Split('|')[1], "`(.+?)`").Select(name => name.Groups[1].Value));

        Assert.Equal(options.GetProperties().Select(setting => setting.Name).Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Venue", "kraken", "choose one of")]
    [InlineData("Symbols", "BTC/USDT", "give symbols like BTCUSDT")]
    [InlineData("MarketUrl", "ftp://x", "begins with http:// or https://")]
    [InlineData("StreamUrl", "https://x", "begins with ws:// or wss://")]
    [InlineData("TimeUnit", "second", "choose millisecond or microsecond")]
    [InlineData("RepairWith", "hope", "choose trades or aggregates")]
    public void A_wrong_text_is_named_with_its_value_and_what_would_do(string setting, string value, string fix)
    {
        var options = new IngestionOptions();
        typeof(IngestionOptions).GetProperty(setting)!.SetValue(options, value);

        var failure = Assert.Single(new IngestionOptionsValidator().Validate(null, options).Failures!);

        Assert.StartsWith($"Ingestion:{setting} is '{value}': ", failure);
        Assert.Contains(fix, failure);
    }

    [Theory]
    [InlineData("StreamsPerConnection", 0)]
    [InlineData("StreamsPerConnection", 1025)]
    [InlineData("InFlightMax", 99)]
    [InlineData("WeightPerMinute", -1)]
    [InlineData("RepairConcurrency", 65)]
    [InlineData("TraceOneIn", -1)]
    public void A_number_out_of_its_range_is_named(string setting, int value)
    {
        var options = new IngestionOptions();
        typeof(IngestionOptions).GetProperty(setting)!.SetValue(options, value);

        Assert.StartsWith($"Ingestion:{setting} is '{value}': give a number from ", Assert.Single(new IngestionOptionsValidator().Validate(null, options).Failures!));
    }

    [Fact]
    public void Every_mistake_is_told_at_once() => Assert.Equal(3, new IngestionOptionsValidator().Validate(null, new IngestionOptions
    {
        Venue = "x",
        RepairMax = TimeSpan.Zero,
        ReconnectPauseMax = TimeSpan.FromMilliseconds(1),
    }).Failures!.Count());

    [Fact]
    public void The_defaults_are_valid()
    {
        Assert.True(new IngestionOptionsValidator().Validate(null, new IngestionOptions()).Succeeded);
        Assert.True(new FeedOptionsValidator().Validate(null, new FeedOptions()).Succeeded);
    }
}
