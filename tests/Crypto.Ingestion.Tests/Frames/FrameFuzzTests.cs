using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Frames;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Frames;

/// <summary>Real frames, mutated: the parser never throws, and its fast path sees what the JSON reader sees.</summary>
public sealed class FrameFuzzTests
{
    private const int Seed = 20240809;

    private static readonly byte[] Interesting = "{}[]\":,.0123456789-+eE\\ \n\0\x7ftrfalsnu"u8.ToArray();

    [Fact]
    public void Mutated_frames_are_judged_alike_by_the_scanner_and_by_the_reader()
    {
        var frames = Originals();
        var random = new Random(Seed);
        var buffer = new byte[2048];
        var kinds = new long[Enum.GetValues<FrameKind>().Length];
        // Frames that the reader refuses cost an exception each, which is what bounds the default count.
        var count = TestScale.IsLong ? 10_000_000 : 1_000_000;
        for (var i = 0; i < count; i++)
        {
            var mutated = Mutate(frames[random.Next(frames.Length)], buffer, random);

            var parsed = FrameParser.Parse(mutated);
            kinds[(int)parsed.Kind]++;
            if (parsed.Kind == FrameKind.Bad && parsed.Fault == FrameFault.NotJson) continue;

            var reference = FrameParser.ParseWithReader(mutated);
            Assert.True(parsed.Equals(reference), $"mutation {i} of seed {Seed}: {Encoding.UTF8.GetString(mutated)}");
            if (parsed.Kind == FrameKind.Trade) AssertEncodes(mutated, parsed);
        }
        Assert.All(kinds[..3], kind => Assert.NotEqual(0, kind));
    }

    private static byte[][] Originals() =>
    [
        .. TestData.Frames(TestData.SpotBtcusdt).Take(200).Select(Encoding.UTF8.GetBytes),
        .. TestData.Frames(TestData.UsdmBtcusdt).Take(200).Select(Encoding.UTF8.GetBytes),
        .. TestData.Frames(TestData.SpotMixedStreams).Take(50).Select(Encoding.UTF8.GetBytes),
        .. File.ReadLines(TestData.PathOf(TestData.OddFrames)).Skip(1).Select(line => Encoding.UTF8.GetBytes(line.Split('\t')[2])),
    ];

    private static Span<byte> Mutate(byte[] frame, byte[] buffer, Random random)
    {
        frame.CopyTo(buffer, 0);
        var length = frame.Length;
        for (var n = random.Next(4); n > 0 && length > 1; n--)
        {
            var at = random.Next(length);
            switch (random.Next(4))
            {
                case 0:
                    buffer[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 1:
                    buffer[at] = (byte)random.Next(256);
                    break;
                case 2:
                    var cut = Math.Min(random.Next(1, 12), length - at);
                    Buffer.BlockCopy(buffer, at + cut, buffer, at, length - at - cut);
                    length -= cut;
                    break;
                default:
                    var copied = Math.Min(random.Next(1, 24), length - at);
                    Buffer.BlockCopy(buffer, at, buffer, at + copied, length - at);
                    length += copied;
                    break;
            }
        }
        return buffer.AsSpan(0, length);
    }

    private static void AssertEncodes(ReadOnlySpan<byte> frame, in TradeFrame parsed)
    {
        var instrument = new Instrument(Venues.Binance, Encoding.ASCII.GetString(parsed.Symbol(frame)));
        var encoder = new TradeEncoder(instrument);
        var value = new byte[encoder.LengthMax];
        var length = encoder.Encode(parsed.TradeId, parsed.TradeId, parsed.Price(frame), parsed.Quantity(frame),
            parsed.TradeTimeUs, parsed.EventTimeUs, 1, parsed.IsBuyerMaker, TradeOrigin.Stream, value);
        Assert.True(TradeJson.TryRead(value.AsSpan(0, length), new InstrumentCache(), out var trade, out var error), error);
        Assert.Equal(parsed.TradeId, trade.TradeId);
        Assert.Equal(instrument, trade.Instrument);
    }
}
