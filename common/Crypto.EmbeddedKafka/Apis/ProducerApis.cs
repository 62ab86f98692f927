using Crypto.EmbeddedKafka.Producers;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Protocol.Messages;
using Crypto.EmbeddedKafka.Server;

namespace Crypto.EmbeddedKafka.Apis;

/// <summary>Producer ids for idempotent producers.</summary>
internal sealed class ProducerApis(ProducerIds ids)
{
    internal InitProducerIdResponse Init(InitProducerIdRequest request, RequestContext context)
    {
        if (request.TransactionalId is not null)
            return new(ErrorCode.TransactionalIdAuthorizationFailed, -1, -1);
        // An idempotent producer that lost its way begins anew, by a new epoch where it can and a new id otherwise.
        return request.ProducerId >= 0 && request.ProducerEpoch is >= 0 and < short.MaxValue - 1
            ? new(ErrorCode.None, request.ProducerId, (short)(request.ProducerEpoch + 1))
            : new(ErrorCode.None, ids.Next(), 0);
    }
}
