using System.Net.Sockets;
using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.Ingestion.Exchange;
using Crypto.Postgres.Local;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Crypto.Standalone.Commands;

/// <summary>Turns what a user can mend into one line; everything else is a bug and keeps its stack trace.</summary>
internal static class Failure
{
    /// <summary>The line, or null where the failure is ours.</summary>
    public static string? Explain(Exception failure) => failure switch
    {
        UsageException or LocalPostgresException or EmbeddedKafkaException or FatalException or RetriableException
            or ExchangeRefusedException or ExchangeRequestException or ExchangeUnavailableException => failure.Message,
        OptionsValidationException options => string.Join("; ", options.Failures),
        IOException { InnerException: AddressInUseException or SocketException } io => io.Message,
        AggregateException { InnerException: { } inner } => Explain(inner),
        OperationCanceledException => "stopped",
        _ => null,
    };
}
