using System.CommandLine;
using System.Globalization;
using Crypto.Contracts;
using Crypto.Storage.Raw;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto export raw</c>: the raw archive as JSON lines.</summary>
internal sealed class ExportCommand : Command
{
    public ExportCommand() : base("export", "Read stored data back") => Subcommands.Add(new RawCommand());

    private sealed class RawCommand : Command
    {
        private readonly Option<string> _folder = new("--folder") { Description = "The folder that Storage:RawFolder names", Required = true };
        private readonly Option<string> _topic = new("--topic") { Description = "Which topic", DefaultValueFactory = _ => Topics.Trades };
        private readonly Option<string?> _from = new("--from") { Description = "First day, 2024-08-09" };
        private readonly Option<string?> _to = new("--to") { Description = "Last day, 2024-08-09" };
        private readonly Option<string?> _out = new("--out") { Description = "Write to this file instead of the terminal" };

        public RawCommand() : base("raw", "The raw archive as JSON lines, by day, partition and offset")
        {
            foreach (var option in (Option[])[_folder, _topic, _from, _to, _out]) Options.Add(option);
            SetAction(RunAsync);
        }

        private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var (folder, topic) = (parsed.GetRequiredValue(_folder), parsed.GetRequiredValue(_topic));
            if (!Directory.Exists(Path.Combine(folder, "raw", topic)))
                throw new UsageException($"--folder {folder}: there is no archive of {topic} in it; Storage:RawFolder and Storage:RawTopics make one");
            var (from, to) = (DayOf(parsed, _from), DayOf(parsed, _to));
            try
            {
                await using var file = parsed.GetValue(_out) is { } path ? new StreamWriter(path) { NewLine = "\n" } : null;
                var lines = 0L;
                await foreach (var line in RawArchiveReader.ReadAsync(folder, topic, from, to, cancellation))
                {
                    await (file ?? Console.Out).WriteLineAsync(line);
                    lines++;
                }
                await Console.Error.WriteLineAsync($"{lines:N0} lines of {topic}");
                return 0;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new UsageException(e.Message);
            }
        }

        private static DateOnly? DayOf(ParseResult parsed, Option<string?> option)
        {
            if (parsed.GetValue(option) is not { } text) return null;
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day
                : throw new UsageException($"{option.Name} {text}: no day; write 2024-08-09");
        }
    }
}
