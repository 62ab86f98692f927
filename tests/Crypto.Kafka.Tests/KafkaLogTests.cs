using Confluent.Kafka;
using Crypto.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crypto.Kafka.Tests;

/// <summary>A broker that is away is one line for an operator, not one per attempt and connection of librdkafka.</summary>
public sealed class KafkaLogTests
{
    private readonly LogLines _log = new();

    [Theory]
    [InlineData(SyslogLevel.Critical, LogLevel.Critical)]
    [InlineData(SyslogLevel.Emergency, LogLevel.Critical)]
    [InlineData(SyslogLevel.Error, LogLevel.Debug)]
    [InlineData(SyslogLevel.Warning, LogLevel.Debug)]
    [InlineData(SyslogLevel.Info, LogLevel.Trace)]
    public void What_librdkafka_says_is_quiet_unless_it_is_the_end(SyslogLevel said, LogLevel logged)
    {
        KafkaLog.Client(_log, new LogMessage("client", said, "FAIL", "Connect to ipv4#127.0.0.1:9092 failed"));

        Assert.Equal([(logged, "librdkafka FAIL: Connect to ipv4#127.0.0.1:9092 failed")], _log.All);
    }

    [Theory]
    [InlineData(ErrorCode.Local_AllBrokersDown, false, LogLevel.Warning, "No Kafka broker can be reached, trying again: 1/1 brokers are down")]
    [InlineData(ErrorCode.Local_Transport, false, LogLevel.Debug, "Kafka client reports Local_Transport: 1/1 brokers are down")]
    [InlineData(ErrorCode.FencedInstanceId, true, LogLevel.Critical, "Kafka client cannot go on (FencedInstanceId): 1/1 brokers are down")]
    public void An_error_is_told_by_what_it_means(ErrorCode code, bool isFatal, LogLevel logged, string line)
    {
        KafkaLog.Error(_log, new Error(code, "1/1 brokers are down", isFatal));

        Assert.Equal([(logged, line)], _log.All);
    }
}
