using System.Diagnostics;
using Crypto.Contracts;
using Crypto.MarketReplay;
using Crypto.MarketReplay.Recordings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Bench.Pipeline;

/// <summary>
/// How long after the exchange sent a trade its candle shows it in the API: the standalone host as a process of its own,
/// an exchange of 1,000 trades a second and the client in this one.
/// </summary>
internal sealed class LatencyBenchmark : IBenchmark
{
    private const int TradesPerSecond = 1_000;
    private const int Symbols = 5;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    public string Name => "latency";

    public string Description => "from the exchange's frame to the candle in the API, at 1,000 trades/s";

    public bool IsPartOfPipeline => true;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        report.Heading($"Latency at {TradesPerSecond:N0} trades/s of {Symbols} symbols, the host in a process of its own");
        await using var market = await MarketReplayServer.StartAsync(new MarketReplayOptions
        {
            Sources = [new SyntheticMarket(new SyntheticMarketOptions
            {
                Symbols = SyntheticMarket.SymbolNames(Symbols),
                TradesPerSecond = TradesPerSecond,
                Duration = WarmUp + Measured + TimeSpan.FromMinutes(2),
            })],
            Clock = MarketClock.Now,
        }, NullLoggerFactory.Instance, cancellation);
        await using var host = HostProcess.Start(market.Url);
        var symbol = SyntheticMarket.SymbolNames(1)[0];

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sent = new SentTrades(market.Url, symbol);
        var listening = sent.ListenAsync(watching.Token);
        await host.UntilServedAsync(symbol, cancellation);
        await Task.Delay(WarmUp, cancellation);
        var latencies = await MeasureAsync(host, sent, symbol, cancellation);
        var peak = host.PeakMegabytes();
        await watching.CancelAsync();
        await listening;

        var (_, p99, _) = report.Latencies("frame to candle in GET /ohlc", latencies);
        report.Goal("  99th percentile", p99, "ms", 250, atMost: true);
        report.Goal("  the host's peak memory", peak, "MB", 700, atMost: true);
    }

    private static async Task<List<double>> MeasureAsync(HostProcess host, SentTrades sent, string symbol, CancellationToken cancellation)
    {
        var latencies = new List<double>();
        var end = Stopwatch.GetTimestamp() + (long)(Measured.TotalSeconds * Stopwatch.Frequency);
        var seen = await host.NewestTradeIdAsync(symbol, cancellation);
        while (Stopwatch.GetTimestamp() < end)
        {
            var newest = await host.NewestTradeIdAsync(symbol, cancellation);
            var now = Stopwatch.GetTimestamp();
            for (var id = seen + 1; id <= newest; id++)
            {
                if (sent.TryTake(id, out var sentAt)) latencies.Add(Math.Max(0, Stopwatch.GetElapsedTime(sentAt, now).TotalMilliseconds));
            }
            seen = Math.Max(seen, newest);
            await Task.Delay(5, cancellation);
        }
        return latencies.Count > 0 ? latencies : throw new InvalidOperationException("no trade became visible in the API");
    }
}
