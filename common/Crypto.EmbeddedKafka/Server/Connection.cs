using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Server;

/// <summary>
/// One client. Its requests are answered one after another, as the protocol wants; while one waits (a fetch, a join) the
/// client's next ones wait in the socket, and nobody else's do.
/// </summary>
internal sealed partial class Connection(
    Socket socket, RequestDispatcher dispatcher, MemoryBudget budget, EmbeddedKafkaOptions options, BrokerMetrics metrics,
    LogThrottle complaints, ILogger logger)
{
    private const int SendBuffer = 256 << 10;

    private readonly string _client = (socket.RemoteEndPoint as IPEndPoint)?.ToString() ?? "?";
    private readonly string _clientHost = "/" + (socket.RemoteEndPoint as IPEndPoint)?.Address;

    internal async Task RunAsync(CancellationToken ending)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(ending);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ending);
        using var frames = new FrameReader(socket, options.MaxRequestBytes, budget);
        try
        {
            while (true)
            {
                idle.CancelAfter(options.IdleConnectionMs);
                if (await frames.ReadAsync(idle.Token) is not { } frame)
                    return;
                idle.CancelAfter(Timeout.Infinite);
                var answering = dispatcher.DispatchAsync(frame, _clientHost, gone.Token);
                using var answer = answering.IsCompleted ? await answering : await WaitAsync(answering.AsTask(), frames, gone);
                if (answer is not null)
                    await SendAsync(answer, idle);
            }
        }
        catch (MalformedRequestException e)
        {
            metrics.Malformed();
            if (complaints.Take(out string others))
                LogMalformed(logger, _client, e.Message, others);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!ending.IsCancellationRequested)
                LogGone(logger, _client, e.Message);
        }
        catch (Exception e)
        {
            metrics.Failed();
            LogFailed(logger, e, _client);
        }
        finally
        {
            socket.Dispose();
        }
    }

    /// <summary>Nobody waits for the answer to a client that has gone: a wait for records or for a group ends with it.</summary>
    private static async ValueTask<KafkaWriter?> WaitAsync(Task<KafkaWriter?> answering, FrameReader frames, CancellationTokenSource gone)
    {
        if (await frames.IsGoneBeforeAsync(answering))
            await gone.CancelAsync();
        return await answering;
    }

    /// <summary>
    /// Sends the answer; pieces of logs are read into a small buffer as the client takes them, so that one who takes them
    /// slowly holds no more than that.
    /// </summary>
    private async ValueTask SendAsync(KafkaWriter answer, CancellationTokenSource idle)
    {
        int sent = 0;
        foreach (var (position, records) in answer.Slices)
        {
            await SendAsync(answer.Written[sent..position], idle);
            await SendAsync(records, idle);
            sent = position;
        }
        await SendAsync(answer.Written[sent..], idle);
    }

    private async ValueTask SendAsync(LogSlice records, CancellationTokenSource idle)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SendBuffer);
        try
        {
            while (records.Length > 0)
            {
                var piece = records with { Length = Math.Min(records.Length, SendBuffer) };
                piece.Read(buffer);
                await SendAsync(buffer.AsMemory(0, piece.Length), idle);
                records = new LogSlice(records.File, records.Position + piece.Length, records.Length - piece.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationTokenSource idle)
    {
        idle.CancelAfter(options.IdleConnectionMs);
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, idle.Token)..];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection of {Client} closed: {Problem}{Others}")]
    private static partial void LogMalformed(ILogger logger, string client, string problem, string others);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connection of {Client} ended: {Reason}")]
    private static partial void LogGone(ILogger logger, string client, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Connection of {Client} closed after an unexpected failure")]
    private static partial void LogFailed(ILogger logger, Exception e, string client);
}
