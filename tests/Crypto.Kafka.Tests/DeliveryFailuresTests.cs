using Crypto.Testing;
using Xunit;

namespace Crypto.Kafka.Tests;

public sealed class DeliveryFailuresTests
{
    private readonly LogLines _log = new();
    private readonly Clock _clock = new();
    private readonly DeliveryFailures _failures;

    public DeliveryFailuresTests() => _failures = new DeliveryFailures(_log, _clock, "trades", "The auditor will notice what is missing");

    [Fact]
    public void The_first_failure_is_told_at_once_and_a_flood_of_them_in_one_line_an_interval()
    {
        Fail(10_000);
        Assert.Equal(["Kafka did not take 1 trades, the last of crypto.trades: gone. The auditor will notice what is missing"], Lines);

        _clock.Now += DeliveryFailures.Interval;
        Fail(10_000);

        Assert.Equal(2, Lines.Count);
        Assert.StartsWith("Kafka did not take 10000 trades", Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void When_records_are_taken_again_the_number_of_all_failures_is_told_once()
    {
        Fail(123);

        _failures.Succeeded();
        _failures.Succeeded();

        Assert.Equal(2, Lines.Count);
        Assert.Equal("Kafka takes trades again; 123 were not taken", Lines[1]);
        Fail(1);
        Assert.Equal(3, Lines.Count);
    }

    [Fact]
    public void Without_a_failure_nothing_is_said()
    {
        _failures.Succeeded();

        Assert.Empty(Lines);
    }

    private List<string> Lines => [.. _log.All.Select(line => line.Message)];

    private void Fail(int times)
    {
        for (int i = 0; i < times; i++) _failures.Failed("crypto.trades", "gone");
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
