using Crypto.Kafka;
using Microsoft.Extensions.Hosting;

namespace Crypto.Standalone.Hosting;

/// <summary>
/// Makes the topics before any role asks for one, so that a first start has nothing to warn of. Only where the broker runs
/// in this process: one elsewhere may be away, and the roles wait for it by themselves.
/// </summary>
internal sealed class TopicsFirst(KafkaTopics topics) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => topics.EnsureAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
