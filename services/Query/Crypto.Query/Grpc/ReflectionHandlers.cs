using System.Runtime.CompilerServices;
using Crypto.Rpc.Reflection.V1;
using Google.Protobuf;
using Alpha = Crypto.Rpc.Reflection.V1Alpha;

namespace Crypto.Query.Grpc;

/// <summary>
/// The standard server reflection, <c>v1</c> and <c>v1alpha</c>, which have the same messages: the older one is answered by
/// the bytes of the newer.
/// </summary>
internal static class ReflectionHandlers
{
    /// <summary>Adds both services; call it last, so that they know all others.</summary>
    public static void AddTo(GrpcMethodTable table)
    {
        var newer = ReflectionReflection.Descriptor.Services[0];
        var older = Alpha.ReflectionReflection.Descriptor.Services[0];
        var services = table.Services.Append(newer).Append(older).ToList();
        var index = new DescriptorIndex(services);
        var list = new ListServiceResponse();
        list.Service.AddRange(services.Select(s => new ServiceResponse { Name = s.FullName }));
        table.Duplex<ServerReflectionRequest, ServerReflectionResponse>(newer, "ServerReflectionInfo", (requests, _, cancellation) =>
            AnswerAsync(requests, r => Answer(r, index, list), cancellation));
        table.Duplex<Alpha.ServerReflectionRequest, Alpha.ServerReflectionResponse>(older, "ServerReflectionInfo", (requests, _, cancellation) =>
            AnswerAsync(requests, r => Alpha.ServerReflectionResponse.Parser.ParseFrom(
                Answer(ServerReflectionRequest.Parser.ParseFrom(r.ToByteString()), index, list).ToByteString()), cancellation));
    }

    private static async IAsyncEnumerable<TResponse> AnswerAsync<TRequest, TResponse>(
        IAsyncEnumerable<TRequest> requests, Func<TRequest, TResponse> answer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var request in requests.WithCancellation(cancellation)) yield return answer(request);
    }

    private static ServerReflectionResponse Answer(ServerReflectionRequest request, DescriptorIndex index, ListServiceResponse list)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = list;
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                AddFile(response, index.File(request.FileByFilename), request.FileByFilename);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                AddFile(response, index.FileOf(request.FileContainingSymbol), request.FileContainingSymbol);
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType when index.FileOf(request.AllExtensionNumbersOfType) is not null:
                // proto3 messages have no extensions.
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.None:
                response.ErrorResponse = Error(GrpcStatus.InvalidArgument, "the request asks for nothing");
                break;
            default:
                response.ErrorResponse = Error(GrpcStatus.NotFound, "there are no extensions here");
                break;
        }
        return response;
    }

    private static void AddFile(ServerReflectionResponse response, Google.Protobuf.Reflection.FileDescriptor? file, string asked)
    {
        if (file is null)
        {
            response.ErrorResponse = Error(GrpcStatus.NotFound, $"{asked} is unknown here");
            return;
        }
        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.AddRange(DescriptorIndex.WithImports(file));
    }

    private static ErrorResponse Error(GrpcStatus status, string message) => new() { ErrorCode = (int)status, ErrorMessage = message };
}
