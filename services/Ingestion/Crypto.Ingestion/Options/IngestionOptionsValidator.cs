using Crypto.Contracts;
using Microsoft.Extensions.Options;

namespace Crypto.Ingestion.Options;

/// <summary>Every message names the setting, its value and what would do.</summary>
internal sealed class IngestionOptionsValidator : IValidateOptions<IngestionOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestionOptions options)
    {
        var failures = new List<string>();
        if (!Venues.All.Contains(options.Venue))
            Fail(nameof(options.Venue), options.Venue, $"choose one of {string.Join(", ", Venues.All)}");
        foreach (var symbol in SymbolList.Split(options.Symbols))
            if (!Instrument.TryParse(symbol, Venues.Binance, out _) || symbol.Contains(':'))
                Fail(nameof(options.Symbols), symbol, "give symbols like BTCUSDT, separated by commas");
        Url(nameof(options.MarketUrl), options.MarketUrl, "http", "https");
        Url(nameof(options.RestUrl), options.RestUrl, "http", "https");
        Url(nameof(options.StreamUrl), options.StreamUrl, "ws", "wss");
        if (options.TimeUnit is not ("millisecond" or "microsecond"))
            Fail(nameof(options.TimeUnit), options.TimeUnit, "choose millisecond or microsecond");
        if (options.RepairWith is not ("trades" or "aggregates"))
            Fail(nameof(options.RepairWith), options.RepairWith, "choose trades or aggregates");
        AtLeast(nameof(options.RepairMax), options.RepairMax, TimeSpan.FromSeconds(1));
        AtLeast(nameof(options.FirstStartBackfill), options.FirstStartBackfill, TimeSpan.Zero);
        AtLeast(nameof(options.GapGrace), options.GapGrace, TimeSpan.Zero);
        AtLeast(nameof(options.QuietFor), options.QuietFor, TimeSpan.Zero);
        AtLeast(nameof(options.SilenceAfter), options.SilenceAfter, TimeSpan.FromMilliseconds(100));
        AtLeast(nameof(options.StaleAfter), options.StaleAfter, TimeSpan.FromSeconds(1));
        AtLeast(nameof(options.AuditEvery), options.AuditEvery, TimeSpan.FromMilliseconds(100));
        AtLeast(nameof(options.ConnectionMaxAge), options.ConnectionMaxAge, TimeSpan.FromSeconds(1));
        AtLeast(nameof(options.ConnectionOverlap), options.ConnectionOverlap, TimeSpan.Zero);
        AtLeast(nameof(options.HeldBackMax), options.HeldBackMax, TimeSpan.FromMilliseconds(100));
        AtLeast(nameof(options.ReconnectPauseMin), options.ReconnectPauseMin, TimeSpan.FromMilliseconds(1));
        AtLeast(nameof(options.ReconnectPauseMax), options.ReconnectPauseMax, options.ReconnectPauseMin);
        Between(nameof(options.StreamsPerConnection), options.StreamsPerConnection, 1, 1024);
        Between(nameof(options.InFlightMax), options.InFlightMax, 100, 100_000);
        Between(nameof(options.WeightPerMinute), options.WeightPerMinute, 0, 1_000_000);
        Between(nameof(options.RepairConcurrency), options.RepairConcurrency, 1, 64);
        Between(nameof(options.TraceOneIn), options.TraceOneIn, 0, int.MaxValue);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Fail(string setting, object value, string fix) =>
            failures.Add($"{IngestionOptions.Section}:{setting} is '{value}': {fix}");

        void Between(string setting, int value, int min, int max)
        {
            if (value < min || value > max) Fail(setting, value, $"give a number from {min} to {max}");
        }

        void AtLeast(string setting, TimeSpan value, TimeSpan min)
        {
            if (value < min) Fail(setting, value, $"give a time of at least {min}, like 00:00:30");
        }

        void Url(string setting, string value, params string[] schemes)
        {
            if (value.Length > 0 && (!Uri.TryCreate(value, UriKind.Absolute, out var url) || !schemes.Contains(url.Scheme)))
                Fail(setting, value, $"give an address that begins with {string.Join(" or ", schemes.Select(s => s + "://"))}");
        }
    }
}
