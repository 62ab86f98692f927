using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Crypto.Kafka;

/// <summary>librdkafka's own log lines and errors, in our log.</summary>
internal static partial class KafkaLog
{
    public static void Client(ILogger logger, LogMessage message)
    {
        // A broker that is away is one line in our log (Error, below), not one per attempt and connection.
        var level = message.Level switch
        {
            SyslogLevel.Emergency or SyslogLevel.Alert or SyslogLevel.Critical => LogLevel.Critical,
            SyslogLevel.Error or SyslogLevel.Warning => LogLevel.Debug,
            _ => LogLevel.Trace,
        };
        Line(logger, level, message.Facility, message.Message);
    }

    public static void Error(ILogger logger, Error error)
    {
        if (error.IsFatal) Fatal(logger, error.Code, error.Reason);
        else if (error.Code == ErrorCode.Local_AllBrokersDown) AllBrokersDown(logger, error.Reason);
        else Other(logger, error.Code, error.Reason);
    }

    [LoggerMessage(EventName = "Client", Message = "librdkafka {Facility}: {Text}")]
    private static partial void Line(ILogger logger, LogLevel level, string facility, string text);

    [LoggerMessage(LogLevel.Critical, "Kafka client cannot go on ({Code}): {Reason}")]
    private static partial void Fatal(ILogger logger, ErrorCode code, string reason);

    [LoggerMessage(LogLevel.Warning, "No Kafka broker can be reached, trying again: {Reason}")]
    private static partial void AllBrokersDown(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Kafka client reports {Code}: {Reason}")]
    private static partial void Other(ILogger logger, ErrorCode code, string reason);
}
