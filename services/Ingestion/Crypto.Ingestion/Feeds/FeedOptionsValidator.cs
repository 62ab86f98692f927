using Microsoft.Extensions.Options;

namespace Crypto.Ingestion.Feeds;

/// <summary>Every message names the setting, its value and what would do.</summary>
internal sealed class FeedOptionsValidator : IValidateOptions<FeedOptions>
{
    // Being polite is part of the contract with free sources.
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, FeedOptions options)
    {
        var failures = new List<string>();
        Interval(nameof(options.TickerEvery), options.TickerEvery);
        Interval(nameof(options.CoinGeckoEvery), options.CoinGeckoEvery);
        Interval(nameof(options.FearGreedEvery), options.FearGreedEvery);
        Interval(nameof(options.RssEvery), options.RssEvery);
        Interval(nameof(options.NewsApiEvery), options.NewsApiEvery);
        Url(nameof(options.CoinGeckoUrl), options.CoinGeckoUrl);
        Url(nameof(options.FearGreedUrl), options.FearGreedUrl);
        Url(nameof(options.NewsApiUrl), options.NewsApiUrl);
        if (options.FearGreedDays is < 1 or > 1000) Fail(nameof(options.FearGreedDays), options.FearGreedDays, "give 1 to 1000");
        if (!RssFeedList.TryParse(options.RssFeeds, out _, out var wrong))
            Fail(nameof(options.RssFeeds), wrong, "give name=https://address, separated by spaces");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Fail(string setting, object value, string fix) => failures.Add($"{FeedOptions.Section}:{setting} is '{value}': {fix}");

        void Interval(string setting, TimeSpan value)
        {
            if (value != TimeSpan.Zero && value < IntervalMin) Fail(setting, value, $"give at least {IntervalMin}, or 00:00:00 for never");
        }

        void Url(string setting, string value)
        {
            if (value.Length > 0 && !Contracts.Feeds.NewsItem.IsLink(value)) Fail(setting, value, "give an http or https address");
        }
    }
}
