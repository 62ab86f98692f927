using Crypto.MarketReplay.Clocks;
using Microsoft.Extensions.Logging;

namespace Crypto.MarketReplay.Scenarios;

/// <summary>A fault with its position on the timeline.</summary>
internal readonly record struct PlannedFault(long Position, Fault Fault);

/// <summary>A scenario laid on a timeline. What happens to streams depends on the position alone; requests are counted.</summary>
internal sealed class ScenarioPlan
{
    public static readonly ScenarioPlan Peace = new(new Scenario(), [], []);

    private readonly PlannedFault[] _streams;
    private readonly PlannedFault[] _requests;
    private readonly int[] _requestsLeft;

    private ScenarioPlan(Scenario scenario, PlannedFault[] streams, PlannedFault[] requests)
    {
        (Scenario, _streams, _requests) = (scenario, streams, requests);
        _requestsLeft = [.. requests.Select(r => r.Fault.Requests)];
    }

    public Scenario Scenario { get; }

    /// <param name="scenario">What happens.</param>
    /// <param name="timeline">Where it happens.</param>
    /// <param name="origin">The position from which faults are counted: where the replay stands now.</param>
    public static ScenarioPlan Lay(Scenario scenario, Timeline timeline, long origin)
    {
        var originUs = origin == 0 || origin >= timeline.EndPosition ? 0 : timeline.ReleasedAtUs(origin);
        var planned = scenario.Faults
            .Select(f => new PlannedFault(f.Frame is { } frame ? origin + frame : FirstAt(f.At!.Value), f))
            .OrderBy(f => f.Position).ToLookup(f => f.Fault.ConcernsRequests);
        return new ScenarioPlan(scenario, [.. planned[false]], [.. planned[true]]);

        long FirstAt(TimeSpan time) => timeline.PositionAt(originUs + (long)time.TotalMicroseconds - 1);
    }

    /// <summary>Index of the first stream fault at or after a position.</summary>
    public int FirstFrom(long position)
    {
        var index = 0;
        while (index < _streams.Length && _streams[index].Position < position) index++;
        return index;
    }

    /// <summary>The stream fault of an index, or null beyond the last.</summary>
    public PlannedFault? StreamFault(int index) => index < _streams.Length ? _streams[index] : null;

    /// <summary>Takes a fault that a request meets now, or null where it is to be served.</summary>
    /// <param name="handshake">A websocket's handshake rather than another request.</param>
    /// <param name="path">The request's path.</param>
    /// <param name="position">Where the clock stands.</param>
    /// <param name="logger">Learns of the fault.</param>
    public Fault? TakeRequestFault(bool handshake, string path, long position, ILogger logger)
    {
        for (var i = 0; i < _requests.Length && _requests[i].Position <= position; i++)
        {
            var fault = _requests[i].Fault;
            if (handshake != (fault.Kind == FaultKind.Refuse) || !IsMeant(fault, handshake, path) || Volatile.Read(ref _requestsLeft[i]) <= 0) continue;
            if (Interlocked.Decrement(ref _requestsLeft[i]) < 0) continue;
            Log.Fault(logger, fault.Kind, position);
            return fault;
        }
        return null;
    }

    private static bool IsMeant(Fault fault, bool handshake, string path) =>
        fault.Path is { } prefix
            ? path.StartsWith(prefix, StringComparison.Ordinal)
            : handshake || path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/fapi/", StringComparison.Ordinal);
}
