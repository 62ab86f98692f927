using System.CommandLine;
using System.Globalization;
using Crypto.Aggregation.Replaying;
using Crypto.Contracts;
using Crypto.Kafka;
using Crypto.Postgres;
using Crypto.Standalone.Hosting;
using Npgsql;

namespace Crypto.Standalone.Commands;

/// <summary>
/// <c>crypto replay</c>: rebuilds candles and signals from the stored trades or the Kafka log; exit code 1 where one differs
/// from the live one.
/// </summary>
internal sealed class ReplayCommand : Command
{
    private readonly Option<string> _from = new("--from") { Description = "Beginning, RFC 3339", Required = true };
    private readonly Option<string> _to = new("--to") { Description = "End, RFC 3339", Required = true };
    private readonly Option<string?> _into = new("--into") { Description = "Also write them into this schema, made where it is missing" };
    private readonly Option<string> _source = new("--source") { Description = "trades (those stored) or log (crypto.trades)", DefaultValueFactory = _ => "trades" };
    private readonly Option<string?> _data = new("--data") { Description = "Data folder of a running system" };
    private readonly Option<string?> _postgres = new("--postgres") { Description = "Connection string, where the database is not in the data folder" };
    private readonly Option<string?> _kafka = new("--kafka-bootstrap") { Description = "Brokers of the log, where the system is not in the data folder" };

    public ReplayCommand() : base("replay", "Rebuild candles and signals from the trades and compare them with the live ones")
    {
        foreach (var option in (Option[])[_from, _to, _into, _source, _data, _postgres, _kafka]) Options.Add(option);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (fromUs, toUs) = (TimeOf(parsed, _from), TimeOf(parsed, _to));
        if (toUs <= fromUs) throw new UsageException("--to is not after --from");
        await using var dataSource = NpgsqlDataSource.Create(parsed.GetValue(_postgres)
            ?? RunningSystem.PostgresConnection(parsed.GetValue(_data) ?? DataFolder.Default));
        var store = new ReplayStore(dataSource);
        try
        {
            var replay = new CandleReplay(SourceOf(parsed, dataSource), store, await store.IntervalsAsync(cancellation));
            return await ReplayAsync(replay, store, new InstrumentStore(dataSource), fromUs, toUs, parsed.GetValue(_into), cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new UsageException($"the database cannot be used: {e.Message} (does the system run?)");
        }
        catch (RetriableException e)
        {
            throw new UsageException($"the log cannot be used: {e.Message} (does the system run?)");
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--into: {e.Message}");
        }
    }

    private IReplaySource SourceOf(ParseResult parsed, NpgsqlDataSource dataSource) => parsed.GetValue(_source) switch
    {
        "trades" => new StoredTrades(dataSource),
        "log" => new LoggedTrades(new KafkaOptions
        {
            BootstrapServers = parsed.GetValue(_kafka) ?? RunningSystem.Read(parsed.GetValue(_data) ?? DataFolder.Default).Kafka
                ?? throw new UsageException("the data folder names no broker: name it with --kafka-bootstrap"),
        }, dataSource),
        var other => throw new UsageException($"--source {other}: use trades or log"),
    };

    private static async Task<int> ReplayAsync(
        CandleReplay replay, ReplayStore store, InstrumentStore instruments, long fromUs, long toUs, string? into, CancellationToken cancellation)
    {
        var differences = 0;
        foreach (var (instrument, id) in (await instruments.AllAsync(cancellation)).OrderBy(i => i.Value))
        {
            var result = await replay.RunAsync(id, instrument, fromUs, toUs, cancellation);
            if (into is not null) await store.WriteAsync(into, id, result, cancellation);
            foreach (var line in result.Differences) Console.WriteLine(line);
            var lateSignals = result.Signals.Count - result.SignalsCompared;
            Console.WriteLine($"{instrument.Key}: {result.Trades} trades make {result.Candles.Count} candles and {result.Signals.Count} signals, " +
                (result.NotCovered > 0 ? $"{result.NotCovered} candles begin before the log does, " : "") +
                (lateSignals > 0 ? $"{lateSignals} signals are not computed live yet, " : "") +
                (result.Differences.Count == 0 ? "all equal to the live ones" : $"{result.Differences.Count} lines differ"));
            differences += result.Differences.Count;
        }
        return differences == 0 ? 0 : 1;
    }

    private static long TimeOf(ParseResult parsed, Option<string> option)
    {
        var text = parsed.GetValue(option)!;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw new UsageException($"{option.Name} {text}: no time; write 2024-08-09T00:00:00Z");
        return UnixTime.ToMicroseconds(time);
    }
}
