using Aspire.Hosting.Testing;
using Crypto.Market.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Crypto.AppHost.Tests;

/// <summary>What the services send to a collector.</summary>
[Collection(SystemTests.Name)]
public sealed class TraceTests(SystemFixture system)
{
    private static readonly string[] Steps = ["publish trade", "store trades", "aggregate", "follow crypto.candles", "answer StreamCandles"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task One_trace_runs_from_the_frame_to_the_stored_row_the_candle_and_the_grpc_answer()
    {
        await system.UntilAsync("/ohlc/BTCUSDT?interval=1m&limit=1", json => json.GetProperty("candles").GetArrayLength() > 0);
        using var channel = GrpcChannel.ForAddress(system.App.GetEndpoint("query", "grpc"));
        using var patience = new CancellationTokenSource(Patience);
        using var stream = new CallInvokerOf(channel).Stream<StreamCandlesRequest, StreamCandlesResponse>(
            "StreamCandles", new StreamCandlesRequest { Symbol = "BTCUSDT", Interval = "1m" }, patience.Token);
        // Answers are taken for as long as it needs: spans are exported every few seconds.
        while (Common() is null)
        {
            try
            {
                if (!await stream.ResponseStream.MoveNext(patience.Token)) break;
            }
            catch (RpcException) when (patience.IsCancellationRequested)
            {
                break;
            }
        }
        Assert.True(Common() is not null, "no trace has all of: " + string.Join("; ", Steps.Select(step => $"{step} in {system.Telemetry.TraceIdsOf(step).Count}")));
    }

    [Fact]
    public async Task Metrics_and_logs_are_exported_too()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (system.Telemetry.MetricReports == 0 || system.Telemetry.LogReports == 0) await Task.Delay(200, patience.Token);
    }

    private string? Common()
    {
        var ids = new HashSet<string>(system.Telemetry.TraceIdsOf(Steps[0]));
        foreach (var step in Steps.Skip(1)) ids.IntersectWith(system.Telemetry.TraceIdsOf(step));
        return ids.FirstOrDefault();
    }
}
