using System.Text;
using Confluent.Kafka;
using Crypto.Testing;
using Xunit;

namespace Crypto.EndToEnd.Tests;

public sealed class BadFramesTests
{
    private const int Trades = 300;
    private const string ZeroPrice = """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161602000,"s":"BTCUSDT","t":ID,"p":"0","q":"0","T":1723161602000,"X":"NA","m":true,"M":true}}""";

    private static readonly string[] Bad =
    [
        "this is no JSON",
        """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161602000,"s":"BTCUSDT","t":3735693020,"p":"61685.99000000","T":1723161602000,"m":true}}""",
        """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161602000,"s":"BTCUSDT","t":3735693020,"p":"-61685.99000000","q":"0.10000000","T":1723161602000,"m":true}}""",
        """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161602000,"s":"BTCUSDT","t":3735693020,"p":"61685.99000000","q":"0.00000000","T":1723161602000,"m":true}}""",
        """{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161602000,"s":"NOSUCHUSDT","t":1,"p":"1.00","q":"1.00","T":1723161602000,"m":true}}""",
    ];

    [Fact]
    public async Task Bad_frames_are_counted_logged_and_dead_lettered_and_the_stream_goes_on()
    {
        await using var pipeline = new Pipeline();
        var recording = Path.Combine(pipeline.Folder, "odd.frames");
        await File.WriteAllLinesAsync(recording, Lines());
        var system = pipeline.UpHere("--recording", recording, "--speed", "max", "--set", "Ingestion:Symbols=BTCUSDT");

        var coverage = await system.UntilAsync("/coverage/BTCUSDT",
            json => json.GetProperty("stored").GetInt64() == Trades - 1 && json.GetProperty("complete").GetBoolean(), TimeSpan.FromSeconds(60));

        // The zero-price frame used up an id without being a trade: the ledger knows.
        Assert.Equal(1, coverage.GetProperty("void").GetInt64());
        Assert.Equal(1, coverage.GetProperty("ranges").GetArrayLength());
        var letters = DeadLetters(pipeline.Kafka, Bad.Length + 1);
        Assert.All(Bad, bad => Assert.Contains(letters, letter => letter.Value == bad));
        Assert.Contains(letters, letter => letter.Value.Contains("\"X\":\"NA\"", StringComparison.Ordinal));
        Assert.All(letters, letter => Assert.NotEmpty(letter.Reason));
        await Eventually.IsTrueAsync(() => system.Output.Contains("this is no JSON", StringComparison.Ordinal), describe: () => system.Output);

        Assert.Contains("ingestion ws://", await DlqAsync(pipeline, 0, "list"), StringComparison.Ordinal);
        var shown = await DlqAsync(pipeline, 0, "show", "crypto.trades.dlq", "--reason", "no JSON");
        Assert.Contains("15 bytes: this is no JSON", shown, StringComparison.Ordinal);
        Assert.Contains("dlq-stage: ingestion ws://", shown, StringComparison.Ordinal);
        // A bad frame stays bad; one of a symbol that is wanted by now is a trade, and once however often it is sent.
        Assert.Contains("0 sent to crypto.trades, 1 not", await DlqAsync(pipeline, 1, "replay", "crypto.trades", "--reason", "no JSON"), StringComparison.Ordinal);
        for (var again = 0; again < 2; again++)
            Assert.Contains("1 sent to crypto.trades, 0 not", await DlqAsync(pipeline, 0, "replay", "crypto.trades", "--reason", "not among those"), StringComparison.Ordinal);
        await system.UntilAsync("/coverage/NOSUCHUSDT", json => json.GetProperty("stored").GetInt64() == 1, TimeSpan.FromSeconds(60));
    }

    private static async Task<string> DlqAsync(Pipeline pipeline, int exitCode, params string[] arguments)
    {
        await using var command = StandaloneProcess.Start(["dlq", .. arguments, "--data", pipeline.Folder]);
        var actual = await command.ExitAsync(TimeSpan.FromSeconds(60));
        Assert.True(actual == exitCode, $"exit code {actual}: {command.Output}");
        return command.Output;
    }

    // Real frames with the bad ones strewn in; one real trade becomes a frame of price zero under the same id.
    private static IEnumerable<string> Lines()
    {
        var position = 0;
        var bad = new Queue<string>(Bad);
        var timeNs = 1_723_161_600_000_000_000;
        foreach (var frame in TestData.Frames(TestData.SpotBtcusdt).Take(Trades))
        {
            position++;
            timeNs += 1_000_000;
            if (position == 100)
            {
                var start = frame.IndexOf("\"t\":", StringComparison.Ordinal) + 4;
                yield return $"{timeNs} {ZeroPrice.Replace("ID", frame[start..frame.IndexOf(',', start)], StringComparison.Ordinal)}";
                continue;
            }
            yield return $"{timeNs} {frame}";
            if (position % 50 == 25 && bad.TryDequeue(out var line)) yield return $"{timeNs} {line}";
        }
    }

    private static List<(string Value, string Reason)> DeadLetters(int kafkaPort, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = $"127.0.0.1:{kafkaPort}",
            GroupId = "test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(new TopicPartitionOffset("crypto.trades.dlq", 0, Offset.Beginning));
        var letters = new List<(string, string)>();
        while (letters.Count < count && consumer.Consume(TimeSpan.FromSeconds(60)) is { } record)
        {
            var reason = Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("dlq-reason"));
            letters.Add((Encoding.UTF8.GetString(record.Message.Value), reason));
        }
        return letters;
    }
}
