using System.Text.RegularExpressions;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Tests.Protocol;
using Crypto.EmbeddedKafka.Tests.Wire;
using Crypto.Testing;

namespace Crypto.EmbeddedKafka.Tests.Durability;

/// <summary>The system calls that the broker makes for a record, as strace sees them.</summary>
public sealed class FlushTests : IDisposable
{
    private const int Rounds = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SystemFact(SystemNeed.Trace)]
    public async Task With_Flush_Always_a_record_is_synced_between_its_write_and_its_acknowledgement() =>
        Assert.Equal(string.Concat(Enumerable.Repeat("write sync send ", Rounds)), await TraceAsync("Flush=Always"));

    [SystemFact(SystemNeed.Trace)]
    public async Task With_Flush_Never_it_is_written_before_its_acknowledgement_and_not_synced() =>
        Assert.Equal(string.Concat(Enumerable.Repeat("write send ", Rounds)), await TraceAsync("Flush=Never"));

    /// <summary>What happened to the log and to the one connection, in order.</summary>
    private async Task<string> TraceAsync(string flush)
    {
        string trace = Path.Combine(_folder.Path, "trace");
        string[] strace = ["strace", "-f", "-yy", "-o", trace, "-e", "trace=pwrite64,pwritev,fsync,fdatasync,sendto,sendmsg"];
        await using var broker = await BrokerProcess.StartUnderAsync(
            strace, Path.Combine(_folder.Path, "data"), 0, flush, "LogCheckIntervalMs=3600000");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var client = await RawClient.ConnectAsync(broker.Port);
        byte[] Request(string api) =>
            new VectorFile().Bytes(VectorFile.Read("java-3.0.txt").First(v => v.Name.StartsWith(api, StringComparison.Ordinal)).Request);
        await AskAsync(Request("CreateTopics"));
        for (int i = 0; i < Rounds; i++)
            await AskAsync(WithoutProducer(Request("Produce")));
        await broker.StopAsync();
        return Events(await File.ReadAllLinesAsync(trace, patience.Token));

        async Task AskAsync(byte[] request)
        {
            await client.SendAsync(request);
            Assert.NotNull(await client.ReceiveAsync(patience.Token));
        }
    }

    /// <summary>Takes the idempotent producer out of the batch, which would be known when it came again.</summary>
    private static byte[] WithoutProducer(byte[] request)
    {
        byte[] epochAndMagic = [0xff, 0xff, 0xff, 0xff, 2];
        var batch = request.AsSpan(request.AsSpan().IndexOf(epochAndMagic) - BatchHeader.LengthOverhead);
        batch[43..57].Fill(0xff); // producer id, epoch, sequence
        var header = new BatchHeader(batch);
        header.Checksum = header.ComputeChecksum();
        return request;
    }

    /// <summary>From the log's first write to the last answer. A sync counts when it has ended, all else when it begins.</summary>
    private static string Events(string[] lines)
    {
        var events = lines.Select(line => line switch
        {
            _ when Regex.IsMatch(line, @" pwrite(64|v)\(\d+<[^>]*\.log>") => "write ",
            _ when Regex.IsMatch(line, @" f(data)?sync\(\d+<[^>]*\.log>\) += 0|f(data)?sync resumed>") => "sync ",
            _ when Regex.IsMatch(line, @" send(to|msg)\(\d+<TCP") => "send ",
            _ => "",
        }).SkipWhile(e => e != "write ").Where(e => e.Length > 0).ToList();
        return string.Concat(events[..(events.LastIndexOf("send ") + 1)]);
    }
}
