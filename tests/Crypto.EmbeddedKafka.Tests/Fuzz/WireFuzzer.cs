using System.Buffers.Binary;
using System.Net.Sockets;
using Crypto.EmbeddedKafka.Tests.Wire;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>
/// One hostile client: mutated requests one after another, now and then frames that lie about their size, come in pieces or
/// end in the middle, and connections that are left without waiting for the answer.
/// </summary>
internal sealed class WireFuzzer(int port, int seed)
{
    /// <summary>A request may well be one that waits (for records, for a group); its sender does not.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMilliseconds(40);

    private readonly RequestMutator _mutator = new(seed);
    private RawClient? _client;

    internal int Answered { get; private set; }

    internal int CutOff { get; private set; }

    internal int Abandoned { get; private set; }

    internal async Task RunAsync(int requests, Action sent)
    {
        for (int i = 0; i < requests; i++)
        {
            _client ??= await RawClient.ConnectAsync(port);
            try
            {
                await (_mutator.Random.Next(20) == 0 ? MisbehaveAsync(_client) : AskAsync(_client));
            }
            catch (SocketException)
            {
                Leave(); // the broker closed the connection while this side was sending
                CutOff++;
            }
            sent();
        }
        Leave();
    }

    private async Task AskAsync(RawClient client)
    {
        await client.SendAsync(_mutator.Next());
        using var patience = new CancellationTokenSource(AnswerPatience);
        try
        {
            if (await client.ReceiveAsync(patience.Token) is not null)
            {
                Answered++;
                return;
            }
            CutOff++;
        }
        catch (OperationCanceledException)
        {
            Abandoned++;
        }
        Leave();
    }

    private async Task MisbehaveAsync(RawClient client)
    {
        var request = _mutator.Next();
        var frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.CopyTo(frame, 4);
        switch (_mutator.Random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteInt32BigEndian(frame, _mutator.Random.Next(int.MinValue, int.MaxValue));
                await client.SendRawAsync(frame);
                break;
            case 1:
                await client.SendRawAsync(frame.AsMemory(0, _mutator.Random.Next(frame.Length)));
                break;
            case 2:
                foreach (var piece in frame.Chunk(7))
                    await client.SendRawAsync(piece);
                break;
            default:
                await client.SendRawAsync(new[] { frame, frame, frame }.SelectMany(f => f).ToArray());
                break;
        }
        Abandoned++;
        Leave();
    }

    private void Leave()
    {
        _client?.Dispose();
        _client = null;
    }
}
