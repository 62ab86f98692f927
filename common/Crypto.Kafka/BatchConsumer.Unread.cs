using System.Diagnostics;
using Confluent.Kafka;
using Crypto.Contracts;

namespace Crypto.Kafka;

/// <summary>
/// Partitions that the group gives to nobody. A group that formed while a topic did not exist, or had fewer partitions, has
/// not assigned them, and a static member that returns is given just what it had, on any broker. So each member looks
/// whether everything is read, and else joins anew; when the group's leader does, the group assigns afresh.
/// </summary>
public sealed partial class BatchConsumer
{
    private Task<bool>? _unreadCheck;
    private long _unreadCheckSince = Stopwatch.GetTimestamp();
    private bool _wasUnread;

    private void CheckUnread(IConsumer<byte[], byte[]> consumer, CancellationToken stop)
    {
        if (_unreadCheck is { IsCompleted: true } check)
        {
            _unreadCheck = null;
            var isUnread = check.GetAwaiter().GetResult();
            var lasts = isUnread && _wasUnread;
            _wasUnread = isUnread && !lasts;
            if (!lasts) return;
            Log.Unread(_logger, _options.Name, _options.Group);
            consumer.Unsubscribe();
            consumer.Subscribe(_options.Topics);
        }
        else if (_unreadCheck is null && Stopwatch.GetElapsedTime(_unreadCheckSince) >= _options.SessionTimeout / 2)
        {
            _unreadCheckSince = Stopwatch.GetTimestamp();
            _unreadCheck = Task.Run(() => HasUnreadAsync(stop), CancellationToken.None);
        }
    }

    private async Task<bool> HasUnreadAsync(CancellationToken stop)
    {
        try
        {
            return await _topics.HasUnreadAsync(_options.Group, _options.Topics, stop).ConfigureAwait(false);
        }
        catch (RetriableException e)
        {
            Log.GroupUnknown(_logger, _options.Name, e.Message);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
