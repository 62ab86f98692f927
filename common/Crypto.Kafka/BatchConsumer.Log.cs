using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Crypto.Kafka;

public sealed partial class BatchConsumer
{
    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Consumer} reads {Partitions} partitions")]
        public static partial void Assigned(ILogger logger, string consumer, int partitions);

        [LoggerMessage(LogLevel.Debug, "{Consumer} stopped")]
        public static partial void Stopped(ILogger logger, string consumer);

        [LoggerMessage(LogLevel.Warning, "{Consumer} tries its batch again until it succeeds: {Reason}")]
        public static partial void Retrying(ILogger logger, string consumer, string reason);

        [LoggerMessage(LogLevel.Error, "{Consumer} tries its batch again after an unforeseen failure")]
        public static partial void Unexpected(ILogger logger, Exception exception, string consumer);

        [LoggerMessage(LogLevel.Warning, "{Consumer} was fenced: another member moved the offsets; positions are read anew")]
        public static partial void Fenced(ILogger logger, string consumer);

        [LoggerMessage(LogLevel.Warning, "A topic of {Consumer} was made anew or removed; positions are read anew")]
        public static partial void TopicChanged(ILogger logger, string consumer);

        [LoggerMessage(LogLevel.Warning, "Nobody in group {Group} reads some of the partitions of {Consumer}; joining anew")]
        public static partial void Unread(ILogger logger, string consumer, string group);

        [LoggerMessage(LogLevel.Debug, "{Consumer} cannot see who reads what: {Reason}")]
        public static partial void GroupUnknown(ILogger logger, string consumer, string reason);

        [LoggerMessage(LogLevel.Warning, "{Consumer} lost its position in the log ({Reason}); positions are read anew")]
        public static partial void PositionLost(ILogger logger, string consumer, string reason);

        [LoggerMessage(LogLevel.Warning, "{Consumer} could not consume, {Code}: {Reason}")]
        public static partial void ConsumeError(ILogger logger, string consumer, ErrorCode code, string reason);

        [LoggerMessage(LogLevel.Error, "{Consumer} could not give up {Topic}/{Partition} in order")]
        public static partial void RevokeFailed(ILogger logger, Exception exception, string consumer, string topic, int partition);
    }
}
