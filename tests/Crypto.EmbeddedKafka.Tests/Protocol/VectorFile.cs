using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Crypto.EmbeddedKafka.Tests.Wire;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Protocol;

/// <summary>One request and the answer that it must get, as tokens of the file.</summary>
internal sealed record Vector(string Name, IReadOnlyList<string> Request, IReadOnlyList<string> Answer);

/// <summary>A session written down byte by byte; the notation is explained at the head of the files.</summary>
/// <param name="taken">What is known before the first answer.</param>
internal sealed partial class VectorFile(Dictionary<string, byte[]>? taken = null)
{
    private const string AnyByte = "..";
    private const string AnyRest = "..*";

    private readonly Dictionary<string, byte[]> _taken = taken ?? [];

    internal static IEnumerable<Vector> Read(string name)
    {
        string path = Path.Combine(TestData.RepositoryRoot, "tests", "Crypto.EmbeddedKafka.Tests", "Vectors", name);
        string? title = null;
        List<string> request = [], answer = [], current = request;
        foreach (string line in File.ReadLines(path).Append("> end"))
        {
            if (line.StartsWith("> ", StringComparison.Ordinal))
            {
                if (title is not null)
                    yield return new Vector(title, request, answer);
                (title, request, answer) = (line[2..], [], []);
                current = request;
            }
            else if (line == "<")
            {
                current = answer;
            }
            else if (!line.StartsWith('#'))
            {
                current.AddRange(Token().Matches(line.Split("  |")[0]).Select(m => m.Value));
            }
        }
    }

    /// <summary>Plays a session against a broker, over one connection, and compares every answer.</summary>
    internal static async Task PlayAsync(string name, TestBroker broker)
    {
        using var client = await RawClient.ConnectAsync(broker);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var file = new VectorFile();
        foreach (var vector in Read(name))
        {
            await client.SendAsync(file.Bytes(vector.Request));
            var answer = await client.ReceiveAsync(patience.Token);
            Assert.True(answer is not null, $"{vector.Name}: the connection was closed");
            file.Check(vector.Name, vector.Answer, answer);
        }
    }

    /// <summary>The bytes of a request that is written in this notation, without a placeholder.</summary>
    internal static byte[] Encode(string text) => new VectorFile().Bytes(Token().Matches(text).Select(m => m.Value));

    /// <summary>The bytes to send, with what was taken from earlier answers in their places.</summary>
    internal byte[] Bytes(IEnumerable<string> tokens) =>
        [.. tokens.SelectMany(token => token[0] == '{' ? _taken[token[1..^1]] : Literal(token))];

    /// <summary>Compares an answer with what is expected of it, and takes from it what later requests name.</summary>
    internal void Check(string name, IReadOnlyList<string> expected, byte[] answer)
    {
        var rest = answer.AsSpan();
        for (int i = 0; i < expected.Count; i++)
        {
            string token = expected[i];
            if (token == AnyRest)
                return;
            bool takes = token[0] == '{' && token.Contains(':', StringComparison.Ordinal);
            int length = takes ? int.Parse(token[1..^1].Split(':')[1], CultureInfo.InvariantCulture)
                : token[0] == '{' ? _taken[token[1..^1]].Length
                : token.StartsWith(AnyByte, StringComparison.Ordinal) ? token.Length / 2
                : Literal(token).Length;
            string place = $"{name}: token {i} ({token}) at byte {answer.Length - rest.Length}";
            Assert.True(length <= rest.Length, $"{place}: the answer ends early: {Convert.ToHexString(answer)}");
            var found = rest[..length].ToArray();
            if (takes)
                _taken[token[1..^1].Split(':')[0]] = found;
            else if (!token.StartsWith(AnyByte, StringComparison.Ordinal))
                Assert.True(found.AsSpan().SequenceEqual(Bytes([token])), $"{place}: {Convert.ToHexString(found)} in {Convert.ToHexString(answer)}");
            rest = rest[length..];
        }
        Assert.True(rest.IsEmpty, $"{name}: {rest.Length} bytes too many: {Convert.ToHexString(answer)}");
    }

    private static byte[] Literal(string token) =>
        token[0] == '\'' ? Encoding.UTF8.GetBytes(token[1..^1]) : Convert.FromHexString(token);

    [GeneratedRegex(@"'[^']*'|\{[^}]*\}|\S+")]
    private static partial Regex Token();
}
