using System.Diagnostics;
using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.Ingestion.Frames;
using Crypto.Ingestion.Options;
using Crypto.Ingestion.Publishing;
using Crypto.Ingestion.Sequencing;
using Crypto.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Crypto.Bench.Ingest;

/// <summary>Frames parsed, checked and encoded, and given to Kafka with delivery reports, on real recorded frames.</summary>
internal sealed class IngestBenchmark : IBenchmark
{
    private const int EncodeRounds = 60;
    private const int SerializerRounds = 15;
    private const int PublishedFrames = 1_500_000;

    public string Name => "ingest";

    public string Description => "frames to checked, encoded records, and through the Kafka producer";

    public bool IsPartOfPipeline => true;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var frames = RecordedFrames.Load();
        report.Heading($"Ingestion: {frames.Length:N0} recorded frames, {frames.Average(f => f.Length):0} bytes each");
        var plain = SerializerRate(frames);
        var (ours, allocated) = EncodeRate(frames);
        report.Goal("frame to checked, encoded value, one core", ours, "frames/s", 1_000_000);
        report.Goal("allocated by it", allocated, "bytes/frame", 0, atMost: true);
        report.Figure("a plain JsonSerializer loop over the same frames", plain, "frames/s");
        report.Figure("ratio", ours / plain, "x");
        await PublishAsync(report, frames, cancellation);
    }

    private static (double Rate, double Allocated) EncodeRate(byte[][] frames)
    {
        var symbols = RecordedFrames.Symbols();
        var scratch = new byte[symbols.All.Max(symbol => symbol.Encoder.LengthMax)];
        Encode(frames, symbols, scratch, 5);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var encoded = Encode(frames, symbols, scratch, EncodeRounds);
        watch.Stop();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return (encoded / watch.Elapsed.TotalSeconds, Math.Floor(allocated / (double)encoded));
    }

    private static long Encode(byte[][] frames, SymbolTable symbols, byte[] scratch, int rounds)
    {
        var encoded = 0L;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var frame in frames)
            {
                var parsed = FrameParser.Parse(frame);
                if (parsed.Kind != FrameKind.Trade || !symbols.TryGet(parsed.Symbol(frame), out var symbol)) continue;
                symbol.Encoder.Encode(parsed.TradeId, parsed.TradeId, parsed.Price(frame), parsed.Quantity(frame), parsed.TradeTimeUs,
                    parsed.EventTimeUs, parsed.EventTimeUs, parsed.IsBuyerMaker, TradeOrigin.Stream, scratch);
                encoded++;
            }
        }
        return encoded;
    }

    private static double SerializerRate(byte[][] frames)
    {
        PlainSerializer.Run(frames, 2);
        var watch = Stopwatch.StartNew();
        var done = PlainSerializer.Run(frames, SerializerRounds);
        return done / watch.Elapsed.TotalSeconds;
    }

    // The broker runs in this process and shares its cores; the processor time says what the client's side costs.
    private static async Task PublishAsync(BenchReport report, byte[][] frames, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("crypto-bench-ingest-");
        await using (var broker = await EmbeddedKafkaBroker.StartAsync(
            new EmbeddedKafkaOptions { Port = 0, DataFolder = folder.FullName }, NullLoggerFactory.Instance, cancellation))
        {
            var kafka = new KafkaOptions { BootstrapServers = broker.BootstrapServers };
            using var producer = KafkaClients.BuildProducer(kafka, NullLoggerFactory.Instance);
            var publisher = new TradePublisher(producer, Options.Create(new IngestionOptions()), NullLogger<TradePublisher>.Instance);
            await PublishAsync(publisher, frames, 100_000, cancellation);
            GC.Collect();
            var (allocated, processor) = (GC.GetTotalAllocatedBytes(precise: true), Process.GetCurrentProcess().TotalProcessorTime);
            var watch = Stopwatch.StartNew();
            await PublishAsync(publisher, frames, PublishedFrames, cancellation);
            watch.Stop();
            processor = Process.GetCurrentProcess().TotalProcessorTime - processor;
            allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
            report.Figure("frame to acknowledged record, all cores", PublishedFrames / watch.Elapsed.TotalSeconds, "frames/s");
            report.Goal("the same per core busy, broker included", PublishedFrames / processor.TotalSeconds, "frames/s", 300_000);
            report.Goal("allocated by it, the client's own included", allocated / (double)PublishedFrames, "bytes/frame", 850, atMost: true);
        }
        folder.Delete(recursive: true);
    }

    private static async Task PublishAsync(TradePublisher publisher, byte[][] frames, int count, CancellationToken cancellation)
    {
        var symbols = RecordedFrames.Symbols();
        var scratch = new byte[symbols.All.Max(symbol => symbol.Encoder.LengthMax)];
        for (var i = 0; i < count; i++)
        {
            if (Encode(frames[i % frames.Length], symbols, scratch, out var value) is not { } symbol) continue;
            var published = publisher.PublishAsync(symbol, value, TradeOrigin.Stream, cancellation);
            if (!published.IsCompletedSuccessfully) await published;
        }
        await publisher.Gate.DrainAsync(cancellation);
    }

    private static TrackedSymbol? Encode(byte[] frame, SymbolTable symbols, byte[] scratch, out byte[] value)
    {
        value = [];
        var parsed = FrameParser.Parse(frame);
        if (parsed.Kind != FrameKind.Trade || !symbols.TryGet(parsed.Symbol(frame), out var symbol)) return null;
        var length = symbol.Encoder.Encode(parsed.TradeId, parsed.TradeId, parsed.Price(frame), parsed.Quantity(frame),
            parsed.TradeTimeUs, parsed.EventTimeUs, parsed.EventTimeUs, parsed.IsBuyerMaker, TradeOrigin.Stream, scratch);
        value = scratch.AsSpan(0, length).ToArray();
        return symbol;
    }
}
