using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Crypto.Aggregation.Reconciling;
using Crypto.Contracts;
using Crypto.Standalone.Hosting;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto reconcile</c>: our candles beside the exchange's own; exit code 1 where one differs.</summary>
internal sealed class ReconcileCommand : Command
{
    private readonly Option<string> _symbol = new("--symbol") { Description = "BTCUSDT, or binance-usdm:BTCUSDT", Required = true };
    private readonly Option<string> _interval = new("--interval") { Description = "1s 1m 5m 15m 1h 4h 1d", DefaultValueFactory = _ => "1m" };
    private readonly Option<string?> _from = new("--from") { Description = "First open time, RFC 3339 (default: the oldest of the last 1000)" };
    private readonly Option<string?> _to = new("--to") { Description = "Open times before this, RFC 3339 (default: now)" };
    private readonly Option<string?> _klines = new("--klines") { Description = "CSV in Binance's archive format instead of the exchange's REST" };
    private readonly Option<string?> _http = new("--http") { Description = "URL or port of a running system" };
    private readonly Option<string?> _data = new("--data") { Description = "Data folder of a running system" };
    private readonly Option<string?> _market = new("--market-url") { Description = "URL of the exchange" };

    public ReconcileCommand() : base("reconcile", "Compare our candles with the exchange's own")
    {
        foreach (var option in (Option[])[_symbol, _interval, _from, _to, _klines, _http, _data, _market]) Options.Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var system = SystemOf(parsed);
        var marketUrl = UrlOf(parsed.GetValue(_market));
        if (!Instrument.TryParse(parsed.GetValue(_symbol), system.Venue, out var instrument))
            throw new UsageException($"--symbol {parsed.GetValue(_symbol)}: no symbol; write BTCUSDT or binance-usdm:BTCUSDT");
        if (!Interval.TryParse(parsed.GetValue(_interval), out var interval))
            throw new UsageException($"--interval {parsed.GetValue(_interval)}: use one of {string.Join(' ', Interval.All)}");
        using var http = new HttpClient { BaseAddress = new Uri(system.Http!), Timeout = TimeSpan.FromSeconds(30) };
        var (fromUs, toUs) = (TimeOf(parsed, _from), TimeOf(parsed, _to));
        var file = parsed.GetValue(_klines);
        var theirs = file is null ? null : ReadFile(file);
        if (theirs is { Count: > 0 })
        {
            // A file says nothing of the time before and after it.
            fromUs = Math.Max(fromUs ?? long.MinValue, theirs.Min(k => k.OpenTimeUs));
            toUs = Math.Min(toUs ?? long.MaxValue, theirs.Max(k => k.OpenTimeUs) + interval.LengthUs);
        }
        var ours = await CandlesAsync(http, instrument, interval, fromUs, toUs, cancellation);
        if (theirs is null && ours.Count > 0)
        {
            var market = marketUrl is not null ? marketUrl
                : system.Market is { } recorded ? new Uri(recorded)
                : KlineSource.LiveMarket(instrument.Venue);
            theirs = await FetchAsync(
                http, market, instrument, interval, fromUs ?? ours[0].OpenTimeUs, toUs ?? ours[^1].OpenTimeUs + interval.LengthUs, cancellation);
        }
        var chosen = (theirs ?? []).Where(k => (fromUs is null || k.OpenTimeUs >= fromUs) && (toUs is null || k.OpenTimeUs < toUs));
        return Print(instrument, interval, Reconciliation.Compare(ours, chosen));
    }

    private RunningSystem SystemOf(ParseResult parsed)
    {
        if (parsed.GetValue(_http) is not { } address) return RunningSystem.Read(parsed.GetValue(_data) ?? DataFolder.Default);
        if (int.TryParse(address, CultureInfo.InvariantCulture, out var port)) address = $"http://127.0.0.1:{port}";
        if (!IsUrl(address)) throw new UsageException($"--http {address}: must be a port or a URL like http://127.0.0.1:8080");
        return new RunningSystem(address, null, Venues.Binance);
    }

    private static Uri? UrlOf(string? text)
    {
        if (text is null) return null;
        return IsUrl(text) ? new Uri(text) : throw new UsageException($"--market-url {text}: must be a URL like http://127.0.0.1:8082");
    }

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private long? TimeOf(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw new UsageException($"{option.Name} {text}: no time; write 2024-08-09T00:00:00Z");
        return UnixTime.ToMicroseconds(time);
    }

    private static List<Kline> ReadFile(string path)
    {
        try
        {
            return KlineSource.ReadCsv(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--klines: {e.Message}");
        }
    }

    private static async Task<List<Candle>> CandlesAsync(
        HttpClient http, Instrument instrument, Interval interval, long? fromUs, long? toUs, CancellationToken cancellation)
    {
        const int PageSize = 1000;
        var candles = new List<Candle>();
        while (true)
        {
            var query = $"/ohlc/{instrument.Key}?interval={interval}&limit={PageSize}";
            // With a beginning, page on from it: an answer holds the latest of the span that is asked for.
            var endUs = fromUs is { } us ? Math.Min(us + (PageSize * interval.LengthUs), toUs ?? long.MaxValue) : toUs;
            if (fromUs is { } begin) query += $"&from={UnixTime.ToRfc3339(begin)}";
            if (endUs is { } end) query += $"&to={UnixTime.ToRfc3339(end)}";
            using var answer = await AskAsync(http, query, cancellation);
            if (!answer.IsSuccessStatusCode)
                throw new UsageException($"{http.BaseAddress} answers {(int)answer.StatusCode} to {query}: is {instrument.Key} one of its symbols?");
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
            candles.AddRange(json.GetProperty("candles").EnumerateArray().Select(c => CandleOf(instrument, interval, c)));
            if (fromUs is null || endUs >= (toUs ?? UnixTime.NowMicroseconds(TimeProvider.System))) return candles;
            fromUs = endUs;
        }
    }

    private static async Task<List<Kline>> FetchAsync(
        HttpClient http, Uri market, Instrument instrument, Interval interval, long fromUs, long toUs, CancellationToken cancellation)
    {
        try
        {
            return await KlineSource.FetchAsync(http, market, instrument, interval, fromUs, toUs, cancellation);
        }
        catch (Exception e) when (HttpFailure.Is(e) || e is JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new UsageException($"{market} gives no candles: {e.Message} (name another exchange with --market-url, or an archive with --klines)");
        }
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string query, CancellationToken cancellation)
    {
        try
        {
            return await http.GetAsync(query, cancellation);
        }
        catch (Exception e) when (HttpFailure.Is(e))
        {
            throw new UsageException($"{http.BaseAddress} does not answer: {e.Message} (does the system run?)");
        }
    }

    private static Candle CandleOf(Instrument instrument, Interval interval, JsonElement c)
    {
        decimal Number(string name) => decimal.Parse(c.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        var state = Enum.Parse<CandleState>(c.GetProperty("state").GetString()!, ignoreCase: true);
        return new Candle(
            instrument, interval, UnixTime.ToMicroseconds(c.GetProperty("openTime").GetDateTimeOffset()), Number("open"), Number("high"),
            Number("low"), Number("close"), Number("volume"), Number("quoteVolume"), c.GetProperty("tradeCount").GetInt64(),
            Number("takerBuyVolume"), Number("takerBuyQuoteVolume"), null, null, state, c.GetProperty("revision").GetInt32(),
            c.GetProperty("version").GetInt64(), c.GetProperty("complete").GetBoolean());
    }

    private static int Print(Instrument instrument, Interval interval, Reconciliation result)
    {
        if (result.Differences.Count > 0)
            Console.WriteLine($"{"open time",-28} {"field",-20} {"ours",26} {"theirs",26}");
        foreach (var d in result.Differences)
            Console.WriteLine($"{UnixTime.ToRfc3339(d.OpenTimeUs),-28} {d.Field,-20} {d.Ours,26} {d.Theirs,26}");
        foreach (var openTimeUs in result.NotCovered) Console.WriteLine($"{UnixTime.ToRfc3339(openTimeUs),-28} not covered");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{instrument.Key} {interval}: {result.Equal} of {result.Compared} candles equal the exchange's ({result.Score:P2}), {result.NotCovered.Count} not covered"));
        return result.Equal == result.Compared && result.Compared > 0 ? 0 : 1;
    }
}
