using System.CommandLine;
using System.Globalization;
using Crypto.Contracts;
using Crypto.Ingestion.Backfill;
using Crypto.Standalone.Backfill;
using Crypto.Standalone.Hosting;
using Npgsql;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto backfill</c>: history over REST or from archive files; what the ledger has is not sent again, so it may be stopped and repeated.</summary>
internal sealed class BackfillCommand : Command
{
    private readonly Option<string?> _symbol = new("--symbol") { Description = "BTCUSDT, or binance-usdm:BTCUSDT (default: the symbol in the file's name)" };
    private readonly Option<string?> _from = new("--from") { Description = "Trades from this time on, RFC 3339" };
    private readonly Option<string?> _to = new("--to") { Description = "Trades before this time, RFC 3339 (default: up to the newest)" };
    private readonly Option<string[]> _file = new("--file")
    {
        Description = "A .zip or .csv of Binance's public archive (trades or aggTrades) instead of REST; may be given several times",
    };

    private readonly Option<bool> _replace = new("--replace") { Description = "Also put single trades in the place of stored aggregates" };
    private readonly SystemOptions _system = new();

    public BackfillCommand() : base("backfill", "Fill history over REST or from Binance's archive files")
    {
        foreach (var option in (Option[])[_symbol, _from, _to, _file, _replace, .. _system.All]) Options.Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var files = parsed.GetValue(_file) ?? [];
        var span = new TimeSpanUs(TimeOf(parsed, _from), TimeOf(parsed, _to));
        if (files.Length == 0 && span.FromUs is null) throw new UsageException("say since when with --from 2024-08-09T00:00:00Z, or name a --file");
        if (span.ToUs <= span.FromUs) throw new UsageException("--to is not after --from");
        var system = _system.Find(parsed);
        var postgres = parsed.GetValue(_replace) ? _system.PostgresOf(parsed) : null;
        try
        {
            if (files.Length == 0) return await OverRestAsync(system, InstrumentOf(parsed, system, null), span, postgres, cancellation);
            var failed = 0;
            foreach (var file in files) failed += await FromFileAsync(system, InstrumentOf(parsed, system, file), file, span, postgres, cancellation);
            return failed == 0 ? 0 : 1;
        }
        catch (NpgsqlException e)
        {
            throw new UsageException($"the database cannot be used: {e.Message} (does the system run?)");
        }
    }

    private static async Task<int> OverRestAsync(
        RunningSystem system, Instrument instrument, TimeSpanUs span, string? postgres, CancellationToken cancellation)
    {
        using var session = new BackfillSession(system, instrument);
        if (await session.FetchAsync(span, cancellation) is not { } ids)
        {
            Console.WriteLine($"{instrument.Key}: the exchange has no trades in that time");
            return 0;
        }
        if (postgres is not null) Print(instrument, await session.ReplaceAsync(ids, null, postgres, cancellation));
        return Print(instrument, session.GivenUp);
    }

    private static async Task<int> FromFileAsync(
        RunningSystem system, Instrument instrument, string path, TimeSpanUs span, string? postgres, CancellationToken cancellation)
    {
        try
        {
            var file = new ArchiveFile(path);
            var extent = ArchiveExtent.Of(file, span);
            if (postgres is not null && extent.HasAggregates) throw new UsageException($"--replace: {path} holds aggregates; a file of single trades is needed");
            if (extent.Ids is not { } ids) throw new UsageException($"--file {path}: there is no trade in it, or none in that time");
            using var session = new BackfillSession(system, instrument);
            await session.RequireRealIdsAsync(cancellation);
            Console.WriteLine($"{path}: {extent.Rows:N0} rows");
            await session.SendAsync(file, span, ids, cancellation);
            if (postgres is not null) Print(instrument, await session.ReplaceAsync(ids, file, postgres, cancellation));
            return Print(instrument, session.GivenUp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new UsageException($"--file: {e.Message}");
        }
    }

    private Instrument InstrumentOf(ParseResult parsed, RunningSystem system, string? file)
    {
        var text = parsed.GetValue(_symbol) ?? (file is null ? null : ArchiveFile.SymbolOf(file))
            ?? throw new UsageException("name the instrument with --symbol BTCUSDT");
        return Instrument.TryParse(text, system.Venue, out var instrument)
            ? instrument
            : throw new UsageException($"--symbol {text}: no symbol; write BTCUSDT or binance-usdm:BTCUSDT");
    }

    private static long? TimeOf(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? UnixTime.ToMicroseconds(time)
            : throw new UsageException($"{option.Name} {text}: no time; write 2024-08-09T00:00:00Z");
    }

    private static int Print(Instrument instrument, long givenUp)
    {
        Console.WriteLine(givenUp == 0
            ? $"{instrument.Key}: everything is stored"
            : $"{instrument.Key}: {givenUp:N0} trades cannot be had; /coverage/{instrument.Key} gives the causes");
        return givenUp == 0 ? 0 : 1;
    }

    private static void Print(Instrument instrument, (int Found, int Replaced) result) => Console.WriteLine(
        $"{instrument.Key}: {result.Replaced:N0} of {result.Found:N0} aggregates were replaced by single trades");
}
