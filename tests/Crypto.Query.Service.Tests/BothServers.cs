using Crypto.Contracts;
using Crypto.Query.Tests.Support;
using Crypto.Testing;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace Crypto.Query.Service.Tests;

/// <summary>What a server answered: the bytes of its messages, or the status it failed with.</summary>
internal sealed record Answer(IReadOnlyList<string> Messages, StatusCode Status, string Detail, string StatusDetails);

/// <summary>Grpc.AspNetCore's host and the portable one over one store that holds a recording.</summary>
public sealed class BothServers : IAsyncLifetime
{
    // Nobody listens there.
    private const string NoBroker = "127.0.0.1:1";
    private TestPostgres? _database;
    private QueryServer? _portable;
    private ServiceProcess? _official;
    private GrpcChannel? _toPortable;
    private GrpcChannel? _toOfficial;

    public IReadOnlyList<Trade> Trades { get; } = RecordedTrades.Read(TestData.SpotBtcusdt);

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateAsync();
        await StoreSeed.SourceAsync(_database.DataSource, MarketClock.Original);
        await StoreSeed.TradesAsync(_database.DataSource, Trades);
        await StoreSeed.CandlesAsync(_database.DataSource, NaiveFold.Fold(Trades, Interval.OneMinute));
        _portable = await QueryServer.StartAsync(_database, NoBroker, ("Query:KafkaGraceSeconds", "3600"));
        (_official, var url) = await ServiceProcess.StartAsync(_database.ConnectionString, NoBroker);
        _toPortable = GrpcChannel.ForAddress(_portable.GrpcUrl);
        _toOfficial = GrpcChannel.ForAddress(url);
        // Until they have read the prices, on a busy machine they may refuse to tell them.
        await Eventually.IsTrueAsync(async () =>
        {
            var (portable, official) = await AskAsync("crypto.market.v1.MarketData", "GetLatestPrices", new Market.V1.GetLatestPricesRequest());
            return portable.Status == StatusCode.OK && official.Status == StatusCode.OK;
        }, "both servers tell the latest prices");
    }

    public async Task DisposeAsync()
    {
        _toOfficial?.Dispose();
        _toPortable?.Dispose();
        _official?.Dispose();
        if (_portable is not null) await _portable.DisposeAsync();
        if (_database is not null) await _database.DisposeAsync();
    }

    /// <summary>Asks the portable server and Grpc.AspNetCore's the same.</summary>
    internal async Task<(Answer Portable, Answer Official)> AskAsync(
        string service, string method, IMessage request, MethodType type = MethodType.Unary, int messages = int.MaxValue, TimeSpan? deadline = null) =>
        (await AskAsync(_toPortable!, service, method, request.ToByteArray(), type, messages, deadline),
            await AskAsync(_toOfficial!, service, method, request.ToByteArray(), type, messages, deadline));

    private static async Task<Answer> AskAsync(
        GrpcChannel channel, string service, string method, byte[] request, MethodType type, int messages, TimeSpan? deadline)
    {
        var bytes = Marshallers.Create(static (byte[] value) => value, static value => value);
        var options = new CallOptions(deadline: DateTime.UtcNow + (deadline ?? TimeSpan.FromMinutes(2)));
        var described = new Method<byte[], byte[]>(type, service, method, bytes, bytes);
        var received = new List<string>();
        try
        {
            if (type == MethodType.Unary)
            {
                received.Add(Convert.ToHexString(await channel.CreateCallInvoker().AsyncUnaryCall(described, null, options, request)));
            }
            else if (type == MethodType.ServerStreaming)
            {
                using var call = channel.CreateCallInvoker().AsyncServerStreamingCall(described, null, options, request);
                while (received.Count < messages && await call.ResponseStream.MoveNext(default))
                    received.Add(Convert.ToHexString(call.ResponseStream.Current));
            }
            else
            {
                using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(described, null, options);
                await call.RequestStream.WriteAsync(request);
                await call.RequestStream.CompleteAsync();
                while (received.Count < messages && await call.ResponseStream.MoveNext(default))
                    received.Add(Convert.ToHexString(call.ResponseStream.Current));
            }
            return new Answer(received, StatusCode.OK, "", "");
        }
        catch (RpcException e)
        {
            var details = e.Trailers.GetValueBytes("grpc-status-details-bin");
            return new Answer(received, e.StatusCode, e.Status.Detail, details is null ? "" : Convert.ToHexString(details));
        }
    }
}

[CollectionDefinition(Name)]
public sealed class BothServersTests : ICollectionFixture<BothServers>
{
    public const string Name = "both servers";
}
