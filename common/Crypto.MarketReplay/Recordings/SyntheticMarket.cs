using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Crypto.Contracts;

namespace Crypto.MarketReplay.Recordings;

/// <summary>What a <see cref="SyntheticMarket"/> makes.</summary>
public sealed record SyntheticMarketOptions
{
    /// <summary>The same seed makes the same frames.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Symbols, upper case; see <see cref="SyntheticMarket.SymbolNames"/> for many.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = ["BTCUSDT", "ETHUSDT"];

    /// <summary>Trades per second, over all symbols together.</summary>
    public double TradesPerSecond { get; init; } = 1000;

    /// <summary>Length of the recording; a loop makes a market without end of it. The frames live in memory.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time of the first frame.</summary>
    public DateTimeOffset Start { get; init; } = new(2024, 8, 9, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Which exchange's frames.</summary>
    public string Venue { get; init; } = Venues.Binance;

    /// <summary>Times in microseconds instead of milliseconds.</summary>
    public bool InMicroseconds { get; init; }
}

/// <summary>
/// A seeded market of any size behind the interface of recordings: random walks with bursts of trades of one taker, ids
/// without holes. For benchmarks and tests; the frames look like the exchange's, the prices do not pretend to.
/// </summary>
public sealed class SyntheticMarket(SyntheticMarketOptions options) : IRecordingSource
{
    private const long FirstTradeId = 1_000_000;
    private const int LongestBurst = 6;

    public string Name => $"synthetic market (seed {options.Seed})";

    /// <summary>Names for many symbols: <c>SYM0001USDT</c>, ...</summary>
    public static IReadOnlyList<string> SymbolNames(int count) =>
        [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"SYM{i:0000}USDT"))];

    public IEnumerable<RecordedFrame> Read()
    {
        var random = new Random(options.Seed);
        var symbols = options.Symbols.Select((name, i) => new SymbolState(name, 100m + 37 * i)).ToArray();
        var frame = new byte[512];
        var startUs = UnixTime.ToMicroseconds(options.Start);
        var endUs = startUs + (long)options.Duration.TotalMicroseconds;
        var averageGapUs = UnixTime.MicrosecondsPerSecond / options.TradesPerSecond;
        var clockUs = (double)startUs;
        while (true)
        {
            // One taker at a time; half of them are filled by several makers at once.
            var symbol = symbols[random.Next(symbols.Length)];
            var burst = random.Next(2) == 0 ? 1 : random.Next(2, LongestBurst + 1);
            var isBuyerMaker = random.Next(2) == 0;
            clockUs -= Math.Log(1 - random.NextDouble()) * averageGapUs * burst;
            if (clockUs >= endUs) yield break;
            symbol.Move(random);
            for (var i = 0; i < burst; i++)
            {
                if (i == burst - 1 && burst > 2) symbol.Move(random);
                var length = Write(frame, symbol, random.Next(1, 50_000), (long)clockUs, isBuyerMaker);
                // It arrives 1 to 5 ms after it was sent, in order.
                yield return new RecordedFrame(((long)clockUs + 3000) * 1000, frame.AsMemory(0, length));
            }
        }
    }

    private int Write(byte[] frame, SymbolState symbol, int quantity, long timeUs, bool isBuyerMaker)
    {
        var writer = new FrameWriter(frame);
        var time = options.InMicroseconds ? timeUs : timeUs / 1000;
        var usdm = options.Venue == Venues.BinanceUsdm;
        writer.Append(symbol.Prefix);
        writer.Append(time);
        if (usdm) writer.Append(",\"T\":"u8, time);
        writer.Append(symbol.Middle);
        writer.Append(FirstTradeId + symbol.Count++);
        writer.Append(",\"p\":\""u8);
        writer.Append(symbol.Price, 2, usdm ? 2 : 8);
        writer.Append("\",\"q\":\""u8);
        writer.Append(quantity, usdm ? 3 : 5, usdm ? 3 : 8);
        if (usdm) writer.Append("\",\"X\":\"MARKET\""u8);
        else writer.Append("\",\"T\":"u8, time);
        writer.Append(isBuyerMaker ? ",\"m\":true"u8 : ",\"m\":false"u8);
        writer.Append(usdm ? "}}"u8 : ",\"M\":true}}"u8);
        return writer.Length;
    }

    private sealed class SymbolState(string name, decimal price)
    {
        public byte[] Prefix { get; } =
            Encoding.ASCII.GetBytes($"{{\"stream\":\"{name.ToLowerInvariant()}@trade\",\"data\":{{\"e\":\"trade\",\"E\":");

        public byte[] Middle { get; } = Encoding.ASCII.GetBytes($",\"s\":\"{name}\",\"t\":");

        /// <summary>In hundredths.</summary>
        public long Price { get; private set; } = (long)(price * 100);

        public long Count { get; set; }

        public void Move(Random random) => Price = Math.Max(100, Price + random.Next(-3, 4));
    }

    private ref struct FrameWriter(byte[] target)
    {
        public int Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(target.AsSpan(Length));
            Length += bytes.Length;
        }

        public void Append(long value)
        {
            Utf8Formatter.TryFormat(value, target.AsSpan(Length), out var written);
            Length += written;
        }

        public void Append(ReadOnlySpan<byte> before, long value)
        {
            Append(before);
            Append(value);
        }

        /// <summary>A fixed-point number: <paramref name="value"/> / 10^scale, with so many decimals.</summary>
        public void Append(long value, int scale, int decimals)
        {
            var number = new decimal(value) / (decimal)Math.Pow(10, scale) + new decimal(0, 0, 0, false, (byte)decimals);
            number.TryFormat(target.AsSpan(Length), out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }
    }
}
