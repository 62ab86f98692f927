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
        try
        {
            // Whatever id the client names: without a transaction it always gets a new one, as from Kafka.
            return new(ErrorCode.None, ids.Next(), 0);
        }
        catch (IOException)
        {
            return new(ErrorCode.CoordinatorLoadInProgress, -1, -1); // the disk may be full; clients try again after this code
        }
    }
}
