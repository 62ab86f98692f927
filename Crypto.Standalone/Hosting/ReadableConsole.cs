using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Crypto.Standalone.Hosting;

/// <summary>Log lines for people: time, severity where it matters, the part of the system, and the message on one line.</summary>
internal sealed class ReadableConsole(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "readable";

    public static void Configure(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.Services.AddSingleton(TimeProvider.System);
        logging.AddConsole(console => console.FormatterName = FormatterName);
        logging.AddConsoleFormatter<ReadableConsole, ConsoleFormatterOptions>();
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // /health says it to whoever asks; once per question in the log would only repeat it.
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Npgsql", LogLevel.Warning);
    }

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var severity = entry.LogLevel switch
        {
            LogLevel.Critical => "FATAL ",
            LogLevel.Error => "ERROR ",
            LogLevel.Warning => "warn  ",
            _ => "",
        };
        textWriter.Write($"{clock.GetLocalNow():HH:mm:ss.fff} {PartOf(entry.Category),-11} {severity}{entry.Formatter(entry.State, entry.Exception)}");
        if (entry.Exception is { } exception)
            textWriter.Write(entry.LogLevel >= LogLevel.Error ? $"{Environment.NewLine}{exception}" : $" ({exception.Message})");
        textWriter.WriteLine();
    }

    // Crypto.Ingestion.Feeds.TradeFeed -> ingestion
    private static string PartOf(string category)
    {
        var names = category.Split('.');
        return (names is ["Crypto", var part, ..] ? part : names[0]).ToLowerInvariant();
    }
}
