using Crypto.Standalone.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>A log line is for people: time, part, severity where it matters, message, all on one line.</summary>
public sealed class ReadableConsoleTests
{
    [Theory]
    [InlineData(LogLevel.Debug, "12:34:56.007 ingestion   it happened")]
    [InlineData(LogLevel.Information, "12:34:56.007 ingestion   it happened")]
    [InlineData(LogLevel.Warning, "12:34:56.007 ingestion   warn  it happened")]
    [InlineData(LogLevel.Error, "12:34:56.007 ingestion   ERROR it happened")]
    [InlineData(LogLevel.Critical, "12:34:56.007 ingestion   FATAL it happened")]
    public void Severity_is_shown_where_it_matters(LogLevel level, string line) =>
        Assert.Equal(line + Environment.NewLine, Write(level, "Crypto.Ingestion.Feeds.TradeFeed", null));

    [Theory]
    [InlineData("Crypto.Storage", "storage")]
    [InlineData("Crypto.EmbeddedKafka.Log.LogKeeper", "embeddedkafka")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", "microsoft")]
    [InlineData("Npgsql", "npgsql")]
    [InlineData("Crypto", "crypto")]
    public void A_category_becomes_the_part_of_the_system(string category, string part) =>
        Assert.StartsWith($"12:34:56.007 {part,-11} it", Write(LogLevel.Information, category, null), StringComparison.Ordinal);

    [Fact]
    public void A_warning_keeps_the_message_of_its_cause_on_the_line() =>
        Assert.EndsWith($"warn  it happened (the cause){Environment.NewLine}",
            Write(LogLevel.Warning, "Crypto.Storage", new InvalidOperationException("the cause")), StringComparison.Ordinal);

    [Fact]
    public void An_error_keeps_the_whole_cause()
    {
        var lines = Write(LogLevel.Error, "Crypto.Storage", Thrown()).Split(Environment.NewLine);

        Assert.EndsWith("ERROR it happened", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("System.InvalidOperationException: the cause", lines[1], StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), lines[2], StringComparison.Ordinal);
    }

    private static string Write(LogLevel level, string category, Exception? exception)
    {
        using var output = new StringWriter();
        new ReadableConsole(new StandingClock()).Write(
            new LogEntry<string>(level, category, default, "it happened", exception, (state, _) => state), null, output);
        return output.ToString();
    }

    private static InvalidOperationException Thrown()
    {
        try
        {
            throw new InvalidOperationException("the cause");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private sealed class StandingClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2024, 8, 9, 12, 34, 56, 7, TimeSpan.Zero);
    }
}
