using System.Buffers.Binary;
using System.Globalization;
using Crypto.Market.V1;
using Google.Protobuf;

namespace Crypto.Bench.Query;

/// <summary>
/// Latest prices and candles over gRPC beside an empty ASP.NET endpoint in the same process, and a thousand streaming clients.
/// The server is another process; the load generator, database and broker share the machine with it.
/// </summary>
internal sealed class QueryBenchmark : IBenchmark
{
    // A quarter of a megabyte a client is what HTTP/2 itself may hold for it; a backlog would soon be more.
    private const double StreamMegabytesMax = 256;
    private const string Service = "/crypto.market.v1.MarketData/";

    public string Name => "query";

    public string Description => "gRPC requests per second, and the delivery to a thousand streaming clients  [seconds]";

    public bool IsPartOfPipeline => false;

    public async Task RunAsync(BenchReport report, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments is [QueryServer.Argument])
        {
            await QueryServer.ServeAsync(cancellation);
            return;
        }
        var seconds = arguments.Count > 0 ? double.Parse(arguments[0], CultureInfo.InvariantCulture) : 8;
        report.Heading($"Query: gRPC over HTTP/2 on loopback, {seconds} s each");
        using var server = await QueryServerProcess.StartAsync();
        var empty = await UnaryLoad.RunAsync(server.Empty, "/", null, seconds, cancellation);
        report.Figure("an empty ASP.NET endpoint", empty.PerSecond, "requests/s");
        report.Latencies("  latency", empty.Milliseconds);
        var prices = await UnaryLoad.RunAsync(server.Grpc, Service + "GetLatestPrices", Frame(new GetLatestPricesRequest()), seconds, cancellation);
        report.Goal("latest prices of ten symbols", prices.PerSecond, "requests/s", 40_000);
        report.Goal("ratio to the empty endpoint", prices.PerSecond / empty.PerSecond, "", 0.4);
        var (_, p99, _) = report.Latencies("  latency", prices.Milliseconds);
        report.Goal("latency p99", p99, "ms", 5, atMost: true);
        var request = Frame(new ListCandlesRequest { Symbol = QuerySeed.Symbol, Limit = 500 });
        var candles = await UnaryLoad.RunAsync(server.Grpc, Service + "ListCandles", request, seconds, cancellation);
        report.Goal("500 candles, warm", candles.PerSecond, "requests/s", 2_000);
        report.Latencies("  latency", candles.Milliseconds);
        await StreamAsync(report, server, seconds, cancellation);
    }

    private static async Task StreamAsync(BenchReport report, QueryServerProcess server, double seconds, CancellationToken cancellation)
    {
        var before = server.ResidentMegabytes;
        var used = server.ProcessorTime;
        server.Publish(true);
        var streams = await StreamLoad.RunAsync(
            server.Grpc, Frame(new StreamCandlesRequest { Symbol = QuerySeed.Symbol }), clients: 1000, seconds, cancellation);
        server.Publish(false);
        report.Figure("deliveries to 1,000 streaming clients", streams.PerSecond, "messages/s (100,000 where none is conflated)");
        var (_, p99, _) = report.Latencies("  from publishing to the client", streams.Milliseconds);
        report.Goal("delivery p99", p99, "ms", 50, atMost: true);
        report.Figure("server's work", (server.ProcessorTime - used).TotalMicroseconds / (streams.PerSecond * seconds), "us of processor a delivery");
        report.Figure("server's memory before the streams", before, "MB");
        report.Goal("  with them", server.ResidentMegabytes, "MB", before + StreamMegabytesMax, atMost: true);
    }

    private static byte[] Frame(IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return frame;
    }
}
