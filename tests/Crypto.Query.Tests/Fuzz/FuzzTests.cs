using System.Net;
using Crypto.Query.Tests.Support;
using Crypto.Query.Tests.Wire;
using Crypto.Testing;
using Google.Protobuf;
using Xunit;
using Proto = Crypto.Market.V1;

namespace Crypto.Query.Tests.Fuzz;

/// <summary>Random requests from a fixed seed: whatever they hold, the answer is a clear refusal or a right answer.</summary>
public sealed class FuzzTests(RecordedMarket market) : IClassFixture<RecordedMarket>
{
    private const int Seed = 20240809;
    private static readonly string[] Paths =
        ["/ohlc/", "/prices/", "/coverage/", "/analytics/", "/reconciliation/", "/alerts", "/news", "/sentiment", "/overview", "/symbols", "/"];

    private static readonly string[] Names = ["limit", "interval", "from", "to", "hours", "symbol", "before", "page", "snapshot", "x"];
    private static readonly string[] Values =
    [
        "1", "0", "-1", "1000", "1001", "99999999999999999999", "1m", "1h", "2m", "BTCUSDT", "binance:ETHUSDT", ":", "binance:", "NaN", "1e5",
        "2024-08-09T00:01:00Z", "2024-08-09", "9999-12-31T23:59:59.9999999Z", "0001-01-01", "1969-12-31", "%00", "%FF", "'%3B--", "%F0%9F%92%A9", "",
    ];

    private static readonly string[] Forms = ["*/*", "text/csv", "application/x-ndjson", "application/json;q=0", "text/csv;q=2, ,;", "a/"];

    [Fact]
    public async Task No_REST_request_is_a_server_error()
    {
        var random = new Random(Seed);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Parallel.ForAsync(0, TestScale.Count(60_000), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, cancellation) =>
        {
            string path;
            lock (random) path = RandomPath(random);
            using var request = new HttpRequestMessage(i % 10 == 0 ? HttpMethod.Post : HttpMethod.Get, Uri(path));
            request.Headers.TryAddWithoutValidation("Accept", Forms[i % Forms.Length]);
            using var response = await market.Http.SendAsync(request, cancellation);
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound or HttpStatusCode.Unauthorized
                    or HttpStatusCode.MethodNotAllowed, $"{request.Method} {path}: {response.StatusCode}");
            if (response.StatusCode == HttpStatusCode.BadRequest && response.Content.Headers.ContentLength != 0)
                Assert.Contains("\"parameter\"", await response.Content.ReadAsStringAsync(cancellation));
        });
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 50_000_000);
    }

    [Fact]
    public async Task No_gRPC_request_is_an_internal_error_unless_its_bytes_are_no_message()
    {
        var random = new Random(Seed);
        using var grpc = new RawGrpc(market.GrpcUrl);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < TestScale.Count(40_000); i++)
        {
            var (method, body, isMessage) = RandomCall(random);
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            using var response = await grpc.PostAsync(
                "/" + method, RawGrpc.Content(body), r => r.Headers.Add("grpc-timeout", method.Contains("Stream") ? "1m" : "9S"), timeout.Token);
            var status = await RawGrpc.EndAsync(response);
            string[] allowed = isMessage ? ["0", "3", "4", "5"] : ["0", "3", "4", "5", "8", "12", "13"];
            Assert.True(allowed.Contains(status), $"{method} {Convert.ToHexString(body)}: {status} {await RawGrpc.EndAsync(response, "grpc-message")}");
        }
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 50_000_000);
    }

    private static string RandomPath(Random random)
    {
        var path = Paths[random.Next(Paths.Length)];
        if (path[^1] == '/') path += Values[random.Next(Values.Length)];
        if (random.Next(8) == 0) path += "/" + Values[random.Next(Values.Length)];
        var separator = '?';
        for (var i = random.Next(4); i > 0; i--)
        {
            path += $"{separator}{Names[random.Next(Names.Length)]}={Values[random.Next(Values.Length)]}";
            separator = '&';
        }
        return path;
    }

    // The path as it is, without the client's repairs.
    private Uri Uri(string path) => new(market.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static (string Method, byte[] Body, bool IsMessage) RandomCall(Random random)
    {
        var services = new[] { Proto.MarketDataReflection.Descriptor.Services[0], Proto.ContextReflection.Descriptor.Services[0] };
        var service = services[random.Next(services.Length)];
        var method = service.Methods[random.Next(service.Methods.Count)];
        var name = $"{service.FullName}/{method.Name}";
        switch (random.Next(3))
        {
            case 0:
                var bytes = new byte[random.Next(40)];
                random.NextBytes(bytes);
                return (name, bytes, false);
            case 1:
                var payload = new byte[random.Next(30)];
                random.NextBytes(payload);
                return (name, RawGrpc.Frame(payload), false);
            default:
                var message = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
                foreach (var field in method.InputType.Fields.InDeclarationOrder()) Fill(message, field, random);
                return (name, RawGrpc.Frame(message), true);
        }
    }

    private static void Fill(IMessage message, Google.Protobuf.Reflection.FieldDescriptor field, Random random)
    {
        if (random.Next(3) == 0) return;
        object? value = field.FieldType switch
        {
            Google.Protobuf.Reflection.FieldType.String => System.Uri.UnescapeDataString(Values[random.Next(Values.Length)]).Replace("\ufffd", ""),
            Google.Protobuf.Reflection.FieldType.Int32 => random.Next(4) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(0, 5),
            Google.Protobuf.Reflection.FieldType.Int64 => random.NextInt64(long.MinValue, long.MaxValue),
            Google.Protobuf.Reflection.FieldType.Message => new Google.Protobuf.WellKnownTypes.Timestamp
            {
                Seconds = random.Next(2) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : 1723161600 + random.Next(400),
                Nanos = random.Next(3) == 0 ? random.Next(int.MinValue, int.MaxValue) : 0,
            },
            _ => null,
        };
        if (value is null) return;
        if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
        else field.Accessor.SetValue(message, value);
    }
}
