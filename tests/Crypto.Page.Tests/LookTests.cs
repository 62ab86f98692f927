using System.Globalization;
using System.Text.Json;
using Crypto.Page.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace Crypto.Page.Tests;

/// <summary>What a reader sees and does while all is well.</summary>
[Collection(LoopingHostCollection.Name)]
public sealed class LookTests(LoopingHost looping)
{
    private const double PaintMillisecondsMax = 1000;

    // What a machine needs for a page of plain text tells how slow it is today.
    private const double PlainTextsMax = 6;

    private PageHost Host => looping.Host;

    [BrowserFact]
    public async Task The_page_paints_within_a_second_and_asks_no_other_host()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await visit.UntilAsync("it paints in time, on a machine that may be busy with something else", async () =>
        {
            var plain = await visit.PaintMillisecondsAsync("/licenses.txt");
            return await visit.PaintMillisecondsAsync("/") < Math.Max(PaintMillisecondsMax, PlainTextsMax * plain);
        });
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await visit.SaysAsync("#feed-text", "^Recorded$");
        Assert.Equal("BTC/USDT", await visit.TextAsync("#pair"));
        await visit.PictureAsync("dark");
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Candles_move_and_trades_flow()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.ShowsAsync("BTCUSDT", "1m");
        var volume = await visit.TextAsync("#legend .item:has-text('Trades') b");
        var trade = await visit.Page.Locator("#trades li").First.GetAttributeAsync("data-id");
        await visit.UntilAsync("the newest candle has more trades", async () => await visit.TextAsync("#legend .item:has-text('Trades') b") != volume);
        await visit.UntilAsync("a newer trade is on top", async () =>
            long.Parse((await visit.Page.Locator("#trades li").First.GetAttributeAsync("data-id"))!, CultureInfo.InvariantCulture)
            > long.Parse(trade!, CultureInfo.InvariantCulture));
        await visit.UntilAsync("the price is the newest trade's", async () => await visit.Page.EvaluateAsync<bool>(
            "document.querySelector('#price').textContent === document.querySelector('#trades li span').textContent"));
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Interval_and_symbol_are_switched_by_mouse_and_keyboard()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.ShowsAsync("BTCUSDT", "1m");
        await visit.Page.Locator("#intervals [data-value='5m']").ClickAsync();
        await visit.ShowsAsync("BTCUSDT", "5m", atLeast: 6);
        await visit.Page.Locator("#watchlist [data-symbol='ETHUSDT']").ClickAsync();
        await visit.ShowsAsync("ETHUSDT", "5m", atLeast: 6);
        await visit.SaysAsync("#price", @"^2,\d{3}\.\d+$");
        Assert.EndsWith("#ETHUSDT/5m", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.Keyboard.PressAsync("2");
        await visit.ShowsAsync("ETHUSDT", "1m", atLeast: 25);
        await visit.Page.Keyboard.PressAsync("]");
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await visit.SaysAsync("#price", @"^6\d,\d{3}\.\d+$");
        await visit.Page.ReloadAsync();
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        visit.IsClean();
    }

    [BrowserFact]
    public async Task History_is_loaded_as_one_scrolls()
    {
        await using var visit = await Visit.ToAsync(Host, "#BTCUSDT/1s");
        await visit.ShowsAsync("BTCUSDT", "1s", atLeast: 500);
        var first = await visit.DataAsync("oldest");
        await visit.Chart.FocusAsync();
        await visit.UntilAsync("a thousand older candles came", async () =>
        {
            await visit.Page.Keyboard.PressAsync("Shift+ArrowLeft");
            return await visit.CandlesAsync() >= 1500;
        });
        var oldest = await visit.DataAsync("oldest");
        Assert.True(string.CompareOrdinal(oldest, first) < 0, $"{oldest} is not before {first}");
        await visit.PictureAsync("history");
        await visit.Page.Locator("#latest").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#latest")).ToBeHiddenAsync();
        visit.IsClean();
    }

    [BrowserFact]
    public async Task The_candle_under_the_pointer_is_shown_to_the_last_digit()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        var box = (await visit.Chart.BoundingBoxAsync())!;
        await visit.Page.Mouse.MoveAsync(box.X + (box.Width * 0.4f), box.Y + (box.Height * 0.5f));
        await visit.SaysAsync("#legend .when", @"^\d\d-\d\d \d\d:\d\d:00$");
        var when = await visit.TextAsync("#legend .when");
        var open = DateTime.ParseExact($"{DateTime.UtcNow.Year}-{when}", "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        var answer = await Host.Process.GetAsync($"/ohlc/BTCUSDT?interval=1m&limit=1&from={open:O}&to={open.AddMinutes(1):O}");
        var candle = Assert.Single(answer.GetProperty("candles").EnumerateArray().ToList());
        foreach (var (name, field) in new[] { ("O", "open"), ("H", "high"), ("L", "low"), ("C", "close") })
        {
            var shown = await visit.Page.EvaluateAsync<string>(
                "name => [...document.querySelectorAll('#legend .item')].find(e => e.querySelector('i')?.textContent === name).querySelector('b').textContent", name);
            Assert.Equal(decimal.Parse(candle.GetProperty(field).GetString()!, CultureInfo.InvariantCulture), decimal.Parse(shown, CultureInfo.InvariantCulture));
        }
        await visit.PictureAsync("crosshair");
    }

    [BrowserFact]
    public async Task The_badge_opens_the_coverage_ledger()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.SaysAsync("#badge-text", @"^Complete · [\d,]+$");
        await visit.Page.Locator("#badge").ClickAsync();
        await visit.SaysAsync("#ledger .verdict", "is accounted for");
        Assert.Contains("first start", await visit.TextAsync("#ledger table"), StringComparison.Ordinal);
        await visit.PictureAsync("ledger");
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator("#ledger")).ToBeHiddenAsync();
        await visit.Page.Keyboard.PressAsync("c");
        await Assertions.Expect(visit.Page.Locator("#ledger")).ToBeVisibleAsync();
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Fear_and_greed_news_and_alerts_stand_beside_the_chart()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.SaysAsync("#gauge .value", @"^\d{1,3}$");
        await visit.SaysAsync("#mood-date", @"^\d{4}-\d\d-\d\d$");
        var headline = visit.Page.Locator("#news a.headline").First;
        await Assertions.Expect(headline).ToHaveAttributeAsync("rel", "noopener noreferrer");
        Assert.StartsWith("https://", await headline.GetAttributeAsync("href"), StringComparison.Ordinal);
        // The first start leaves one: the hour that had to be fetched.
        await visit.SaysAsync("#alerts li[data-severity] .headline", "are missing|CoinGecko");
        await visit.PictureAsync("context");
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Light_and_dark_follow_the_system_until_the_reader_chooses()
    {
        await using var visit = await Visit.ToAsync(Host, scheme: ColorScheme.Light);
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        Assert.Equal("light", await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await visit.PictureAsync("light");
        await visit.Page.Keyboard.PressAsync("t");
        var dark = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
        Assert.Equal("rgb(10, 13, 19)", dark);
        await visit.Page.ReloadAsync();
        Assert.Equal("dark", await visit.Page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        visit.IsClean();
    }

    [BrowserFact]
    public async Task A_phone_shows_everything_without_scrolling_sideways()
    {
        await using var visit = await Visit.ToAsync(Host, phone: true);
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await visit.UntilAsync("it is as wide as the phone", async () => await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") == 390);
        foreach (var part in new[] { "#price", "#intervals", "#chart", "#watchlist", "#trades li", "#badge", ".credits" })
            await Assertions.Expect(visit.Page.Locator(part).First).ToBeVisibleAsync();
        await visit.PictureAsync("phone");
        await visit.Page.Locator("#badge").TapAsync();
        await visit.SaysAsync("#ledger .verdict", "is accounted for");
        visit.IsClean();
    }

    [BrowserFact]
    public async Task A_small_laptop_shows_everything_on_one_screen_and_nothing_on_top_of_another()
    {
        await using var visit = await Visit.ToAsync(Host, height: 720);
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await visit.SaysAsync("#gauge .value", @"^\d{1,3}$");
        var overlaps = await visit.Page.EvaluateAsync<string[]>("""
            () => {
              const boxes = ['.bar', '.market', '.mood', '#alerts-card', '#news-card', '.watch', '.tape', '.credits']
                .map((name) => [name, document.querySelector(name).getBoundingClientRect()]);
              return boxes.flatMap(([a, x], i) => boxes.slice(i + 1)
                .filter(([, y]) => x.left < y.right && y.left < x.right && x.top < y.bottom && y.top < x.bottom)
                .map(([b]) => `${a} and ${b}`));
            }
            """);
        Assert.Empty(overlaps);
        Assert.True(await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollHeight <= innerHeight"));
        await visit.PictureAsync("laptop");
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Amounts_stand_in_a_column_with_their_points_in_a_line()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.SaysAsync("#trades li span", @"\d");
        await visit.UntilAsync("forty trades with amounts of one length behind the point", async () =>
        {
            var amounts = await visit.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('#trades li span:nth-of-type(2)')].map(e => e.textContent)");
            return amounts.Length == 40 && amounts.Select(amount => amount.Length - amount.IndexOf('.', StringComparison.Ordinal)).Distinct().Count() == 1;
        });
    }

    [BrowserFact]
    public async Task Candles_that_nobody_folds_are_not_promised()
    {
        await using var visit = await Visit.ToAsync(Host, "#BTCUSDT/4h");
        await visit.SaysAsync("#chart-empty", "^Candles of 4h are not kept here");
        await visit.PictureAsync("empty");
        await visit.Page.Keyboard.PressAsync("2");
        await visit.ShowsAsync("BTCUSDT", "1m", atLeast: 25);
        await Assertions.Expect(visit.Page.Locator("#chart-empty")).ToBeHiddenAsync();
        visit.IsClean();
    }

    [BrowserFact]
    public async Task The_reference_lists_the_API_and_tries_it()
    {
        await using var visit = await Visit.ToAsync(Host);
        await visit.Page.Locator(".credits a[href='/reference']").ClickAsync();
        await visit.Page.Locator("#contents a[href='#candles']").ClickAsync();
        await visit.Page.Locator("#candles .try-panel > summary").ClickAsync();
        await visit.Page.Locator("#candles select[aria-label=Accept]").SelectOptionAsync("text/csv");
        await visit.SaysAsync("#candles .command", @"^curl -H 'Accept: text/csv' 'http://127\.0\.0\.1:\d+/ohlc/BTCUSDT\?limit=3'$");
        await visit.Page.Locator("#candles .send").ClickAsync();
        await visit.SaysAsync("#candles .answer", @"^200 OK[\s\S]*symbol,interval,openTime[\s\S]*BTCUSDT,1m,");
        await visit.PictureAsync("reference");
        visit.IsClean();
    }

    [BrowserFact]
    public async Task Sources_are_credited_with_links()
    {
        await using var visit = await Visit.ToAsync(Host);
        var links = await visit.Page.EvaluateAsync<JsonElement>("[...document.querySelectorAll('.credits a, .tradingview')].map(a => a.href)");
        var hosts = links.EnumerateArray().Select(link => new Uri(link.GetString()!).Host).ToList();
        Assert.Contains("www.coingecko.com", hosts);
        Assert.Contains("alternative.me", hosts);
        Assert.Equal(2, hosts.Count(host => host == "www.tradingview.com"));
        await visit.SaysAsync("#market-credit", "recorded");
    }
}
