using Crypto.Rpc.Reflection.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Xunit;

namespace Crypto.Query.Service.Tests;

/// <summary>What grpcurl and its like learn of the services: the official reflection and ours, asked the same.</summary>
[Collection(BothServersTests.Name)]
public sealed class SameReflectionTests(BothServers servers)
{
    private const string V1 = "grpc.reflection.v1.ServerReflection";
    private const string V1Alpha = "grpc.reflection.v1alpha.ServerReflection";

    [Theory]
    [InlineData(V1)]
    [InlineData(V1Alpha)]
    public async Task The_same_services_are_listed(string service)
    {
        var (portable, official) = await AskAsync(service, new ServerReflectionRequest { ListServices = "" });
        var names = Names(portable);
        Assert.Equal(
        [
            "crypto.market.v1.MarketContext", "crypto.market.v1.MarketData", "grpc.health.v1.Health", V1, V1Alpha,
        ], names);
        Assert.Equal(names, Names(official));

        static IEnumerable<string> Names(ServerReflectionResponse answer) =>
            answer.ListServicesResponse.Service.Select(one => one.Name).Order(StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(V1, "crypto.market.v1.MarketData")]
    [InlineData(V1, "crypto.market.v1.MarketData.ListCandles")]
    [InlineData(V1, "crypto.market.v1.MarketContext")]
    [InlineData(V1, "crypto.market.v1.Candle")]
    [InlineData(V1Alpha, "crypto.market.v1.MarketData")]
    public async Task A_symbol_leads_to_the_same_files_with_all_that_they_import(string service, string symbol)
    {
        var (portable, official) = await AskAsync(service, new ServerReflectionRequest { FileContainingSymbol = symbol });
        var files = Files(portable);
        Assert.Contains(files, file => file.Name.StartsWith("crypto/market/v1/", StringComparison.Ordinal));
        Assert.All(files.SelectMany(file => file.Dependency), import => Assert.Contains(files, file => file.Name == import));
        Assert.Equal(files, Files(official));
    }

    [Fact]
    public async Task A_file_is_found_by_its_name()
    {
        var (portable, official) = await AskAsync(V1, new ServerReflectionRequest { FileByFilename = "crypto/market/v1/context.proto" });
        Assert.Contains(Files(portable), file => file.Name == "crypto/market/v1/context.proto");
        Assert.Equal(Files(portable), Files(official));
    }

    [Fact]
    public async Task What_is_unknown_is_said_to_be()
    {
        foreach (var request in (ServerReflectionRequest[])
        [
            new() { FileContainingSymbol = "no.such.Symbol" }, new() { FileByFilename = "no/such.proto" },
        ])
        {
            var (portable, official) = await AskAsync(V1, request);
            Assert.Equal((int)StatusCode.NotFound, portable.ErrorResponse.ErrorCode);
            Assert.Equal(portable.ErrorResponse.ErrorCode, official.ErrorResponse.ErrorCode);
        }
    }

    private static List<FileDescriptorProto> Files(ServerReflectionResponse answer) =>
    [
        .. answer.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom)
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];

    // Both versions have the same messages.
    private async Task<(ServerReflectionResponse Portable, ServerReflectionResponse Official)> AskAsync(
        string service, ServerReflectionRequest request)
    {
        var (portable, official) = await servers.AskAsync(service, "ServerReflectionInfo", request, MethodType.DuplexStreaming);
        Assert.Equal((StatusCode.OK, StatusCode.OK), (portable.Status, official.Status));
        return (Parse(portable), Parse(official));

        static ServerReflectionResponse Parse(Answer answer) =>
            ServerReflectionResponse.Parser.ParseFrom(Convert.FromHexString(Assert.Single(answer.Messages)));
    }
}
