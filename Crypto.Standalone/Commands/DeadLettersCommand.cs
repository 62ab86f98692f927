using System.CommandLine;
using System.Text;
using Crypto.Contracts;
using Crypto.Ingestion.Letters;
using Crypto.Kafka;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Standalone.Commands;

/// <summary><c>crypto dlq list|show|replay</c>: what could not be processed, why, and back it goes.</summary>
internal sealed class DeadLettersCommand : Command
{
    public DeadLettersCommand() : base("dlq", "Look at dead letters, and send them in again")
    {
        Subcommands.Add(new ListCommand());
        Subcommands.Add(new ShowCommand());
        Subcommands.Add(new ReplayLettersCommand());
    }

    private abstract class LetterCommand : Command
    {
        private readonly SystemOptions _system = new();

        protected LetterCommand(string name, string description) : base(name, description)
        {
            foreach (var option in _system.ForKafka) Options.Add(option);
        }

        protected KafkaOptions KafkaOf(ParseResult parsed) => new() { BootstrapServers = _system.KafkaOf(parsed) };
    }

    private sealed class ListCommand : LetterCommand
    {
        public ListCommand() : base("list", "How many letters there are, by topic, stage and reason") => SetAction(Run);

        private void Run(ParseResult parsed)
        {
            var log = new DeadLetterLog(KafkaOf(parsed));
            var letters = TopicSpec.All().Select(spec => spec.Name).Where(topic => !topic.EndsWith(Topics.DeadLetters(""), StringComparison.Ordinal))
                .SelectMany(topic => log.Read(topic, CancellationToken.None)).ToList();
            if (letters.Count == 0) Console.WriteLine("there are no dead letters");
            foreach (var group in letters.GroupBy(letter => (letter.Topic, letter.Stage, letter.Reason)).OrderBy(g => g.Key.Topic, StringComparer.Ordinal).ThenByDescending(g => g.Count()))
                Console.WriteLine($"{group.Key.Topic,-20} {group.Count(),7} from {group.Min(l => l.Time):u} to {group.Max(l => l.Time):u}  {group.Key.Stage}: {group.Key.Reason}");
        }
    }

    private abstract class ChoosingCommand : LetterCommand
    {
        private readonly Argument<string> _topic = new("topic") { Description = "crypto.trades, crypto.news, ..." };
        private readonly Option<long?> _offset = new("--offset") { Description = "Only the letter with this offset" };
        private readonly Option<string?> _reason = new("--reason") { Description = "Only letters whose reason contains this" };

        protected ChoosingCommand(string name, string description) : base(name, description)
        {
            Arguments.Add(_topic);
            Options.Add(_offset);
            Options.Add(_reason);
        }

        protected bool HasChoice(ParseResult parsed) => parsed.GetValue(_offset) is not null || parsed.GetValue(_reason) is not null;

        protected string TopicOf(ParseResult parsed)
        {
            var (topic, suffix) = (parsed.GetRequiredValue(_topic), Topics.DeadLetters(""));
            if (topic.EndsWith(suffix, StringComparison.Ordinal)) topic = topic[..^suffix.Length];
            return TopicSpec.All().Any(spec => spec.Name == topic) ? topic : throw new UsageException($"{topic}: is no topic of the platform");
        }

        protected List<DeadLetter> LettersOf(ParseResult parsed)
        {
            var (offset, reason) = (parsed.GetValue(_offset), parsed.GetValue(_reason));
            var letters = new DeadLetterLog(KafkaOf(parsed)).Read(TopicOf(parsed), CancellationToken.None)
                .Where(letter => (offset is null || letter.Offset == offset) && (reason is null || letter.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase)))
                .ToList();
            return letters.Count > 0 ? letters : throw new UsageException($"{TopicOf(parsed)} has no such dead letter (see crypto dlq list)");
        }
    }

    private sealed class ShowCommand : ChoosingCommand
    {
        private readonly Option<int> _limit = new("--limit") { Description = "The newest so many", DefaultValueFactory = _ => 10 };

        public ShowCommand() : base("show", "The original bytes and headers")
        {
            Options.Add(_limit);
            SetAction(Run);
        }

        private void Run(ParseResult parsed)
        {
            foreach (var letter in LettersOf(parsed).TakeLast(parsed.GetValue(_limit)))
            {
                Console.WriteLine($"{Topics.DeadLetters(letter.Topic)} partition {letter.Partition} offset {letter.Offset} at {letter.Time:u}");
                foreach (var (name, value) in letter.Headers) Console.WriteLine($"  {name}: {Printable(value)}");
                Console.WriteLine($"  key: {(letter.Key is { } key ? Printable(key) : "none")}");
                Console.WriteLine($"  {letter.Value.Length} bytes: {Printable(letter.Value)}");
            }
        }

        // Whatever the bytes are, they must not steer the terminal.
        private static string Printable(byte[] bytes)
        {
            if (!System.Text.Unicode.Utf8.IsValid(bytes)) return $"0x{Convert.ToHexString(bytes)}";
            var text = new StringBuilder();
            foreach (var c in Encoding.UTF8.GetString(bytes)) text.Append(char.IsControl(c) && c != '\n' ? $"\\u{(int)c:x4}" : c);
            return text.ToString();
        }
    }

    private sealed class ReplayLettersCommand : ChoosingCommand
    {
        private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);
        private readonly Option<bool> _all = new("--all") { Description = "Every letter of the topic" };
        private readonly Option<bool> _force = new("--force") { Description = "Also frames whose trade id is far from its neighbours: a wrong one stays in the ledger" };
        private readonly Option<string> _venue = new("--venue") { Description = "Whose frames, where a letter does not say", DefaultValueFactory = _ => Venues.Binance };
        private readonly Option<string> _currency = new("--currency") { Description = "CoinGecko's vs_currency", DefaultValueFactory = _ => "usd" };

        public ReplayLettersCommand() : base("replay", "Send the original bytes in again; those that came before change nothing")
        {
            foreach (var option in (Option[])[_all, _force, _venue, _currency]) Options.Add(option);
            SetAction(Run);
        }

        private int Run(ParseResult parsed)
        {
            if (!HasChoice(parsed) && !parsed.GetValue(_all)) throw new UsageException("say which: --offset N, --reason TEXT or --all");
            if (!Venues.All.Contains(parsed.GetRequiredValue(_venue))) throw new UsageException($"--venue {parsed.GetValue(_venue)}: must be {string.Join(" or ", Venues.All)}");
            var door = new LetterDoor(parsed.GetRequiredValue(_venue), parsed.GetRequiredValue(_currency), TimeProvider.System);
            var (replayed, refused, topic) = (0, 0, TopicOf(parsed));
            using var producer = KafkaClients.BuildProducer(KafkaOf(parsed), NullLoggerFactory.Instance);
            var failures = new List<string>();
            foreach (var letter in LettersOf(parsed))
            {
                var (record, fault) = LetterDoor.IsDoubtful(letter) && !parsed.GetValue(_force) ? (null, $"{letter.Reason}; --force sends it all the same") : door.Open(letter);
                if (record is null)
                {
                    refused++;
                    Console.WriteLine($"offset {letter.Offset}: not sent: {fault}");
                    continue;
                }
                producer.Produce(topic, record, report =>
                {
                    lock (failures)
                        if (report.Error.IsError) failures.Add(report.Error.Reason);
                });
                replayed++;
            }
            var left = producer.Flush(FlushTimeout);
            if (left > 0 || failures.Count > 0) throw new UsageException($"Kafka did not take {left + failures.Count} records: {failures.FirstOrDefault() ?? "no answer in time"}");
            Console.WriteLine($"{replayed} sent to {topic}, {refused} not");
            return refused == 0 ? 0 : 1;
        }
    }
}
