using System.Net;
using System.Net.Sockets;

namespace Crypto.Testing;

/// <summary>
/// TCP ports for servers of tests. They lie below the range that systems hand out by themselves, so that no client's outgoing
/// connection takes one before the server does, or while it restarts; a lock file keeps test processes off each other's.
/// </summary>
public static class FreePorts
{
    private const int First = 20_000;
    private const int End = 32_000;
    // One for all test processes of the machine, whatever folder each has for its temporary files.
    private static readonly string Folder = Directory.CreateDirectory(
        Path.Combine(OperatingSystem.IsWindows() ? Path.GetTempPath() : "/tmp", "crypto-test-ports")).FullName;
    private static readonly List<FileStream> Held = [];

    /// <summary>A port of this process until it ends, on which nothing listens.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            if (TryTake(port)) return port;
        }
    }

    /// <summary>The first of <paramref name="count"/> such ports, one after the other.</summary>
    public static int TakeInARow(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(First, End - count);
            if (Enumerable.Range(first, count).All(TryTake)) return first;
        }
    }

    private static bool TryTake(int port)
    {
        if (!TryHold(port)) return false;
        try
        {
            // Not by listening: a process that another test starts just then would inherit the listener until it runs its program.
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, port);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
        // Somebody who is no test of ours listens there; the port stays held, so that it is not tried again.
        return false;
    }

    private static bool TryHold(int port)
    {
        try
        {
            var file = new FileStream(Path.Combine(Folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            lock (Held) Held.Add(file);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
