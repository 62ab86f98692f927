using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Crypto.EmbeddedKafka.Tests.Fuzz;

/// <summary>
/// One hostile client: mutated requests one after another, now and then frames that lie about their size, come in pieces or
/// end in the middle, and connections that are left without waiting for the answer.
/// </summary>
/// <remarks>It blocks its thread: most requests cost a connection, and awaiting each would cost as much again.</remarks>
internal sealed class WireFuzzer(int port, int seed)
{
    /// <summary>A request may well be one that waits (for records, for a group); its sender does not.</summary>
    private const int AnswerPatienceMs = 40;

    private readonly RequestMutator _mutator = new(seed);
    private readonly byte[] _answer = new byte[64 * 1024];
    private Socket? _connection;

    internal int Answered { get; private set; }

    internal int CutOff { get; private set; }

    internal int Abandoned { get; private set; }

    internal void Run(int requests, Action sent)
    {
        for (int i = 0; i < requests; i++)
        {
            _connection ??= Connect();
            if (_mutator.Random.Next(20) == 0)
                Misbehave(_connection);
            else
                Ask(_connection);
            sent();
        }
        Leave();
    }

    private Socket Connect()
    {
        var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = AnswerPatienceMs,
        };
        connection.Connect(IPAddress.Loopback, port);
        return connection;
    }

    private void Ask(Socket connection)
    {
        if (!Send(connection, Framed(_mutator.Next())))
            return;
        switch (Receive(connection))
        {
            case SocketError.Success:
                Answered++;
                return;
            case SocketError.TimedOut:
                Abandoned++;
                break;
            default:
                CutOff++;
                break;
        }
        Leave();
    }

    private void Misbehave(Socket connection)
    {
        byte[] frame = Framed(_mutator.Next());
        bool isSent;
        switch (_mutator.Random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteInt32BigEndian(frame, _mutator.Random.Next(int.MinValue, int.MaxValue));
                isSent = Send(connection, frame);
                break;
            case 1:
                isSent = Send(connection, frame.AsSpan(0, _mutator.Random.Next(frame.Length)));
                break;
            case 2:
                isSent = frame.Chunk(7).All(piece => Send(connection, piece));
                break;
            default:
                isSent = Send(connection, [.. frame, .. frame, .. frame]);
                break;
        }
        if (!isSent)
            return;
        Abandoned++;
        Leave();
    }

    /// <summary>Sends all of it, or notes that the broker closed the connection meanwhile.</summary>
    private bool Send(Socket connection, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int sent = connection.Send(bytes, SocketFlags.None, out var error);
            if (error != SocketError.Success)
            {
                CutOff++;
                Leave();
                return false;
            }
            bytes = bytes[sent..];
        }
        return true;
    }

    /// <summary>Reads one whole answer.</summary>
    private SocketError Receive(Socket connection)
    {
        var error = Fill(connection, 4);
        if (error != SocketError.Success)
            return error;
        int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
        Assert.True(size >= 0, $"an answer of {size} bytes");
        for (int left = size; left > 0; left -= _answer.Length)
        {
            error = Fill(connection, Math.Min(left, _answer.Length));
            if (error != SocketError.Success)
                return error;
        }
        return SocketError.Success;
    }

    private SocketError Fill(Socket connection, int length)
    {
        for (int filled = 0; filled < length;)
        {
            int received = connection.Receive(_answer.AsSpan(filled, length - filled), SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return error;
            if (received == 0)
                return SocketError.Disconnecting;
            filled += received;
        }
        return SocketError.Success;
    }

    private static byte[] Framed(byte[] request)
    {
        var frame = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, request.Length);
        request.CopyTo(frame, 4);
        return frame;
    }

    private void Leave()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
