using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Groups;

/// <summary>All consumer groups, and the clock that ends their members' sessions.</summary>
internal sealed partial class GroupCoordinator : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly GroupTimings _timings;
    private readonly GroupJournal _journal;
    private readonly ILogger _logger;
    private readonly PeriodicTimer _timer;
    private readonly Task _ticking;

    internal GroupCoordinator(string journalPath, EmbeddedKafkaOptions options, TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _timings = new GroupTimings(time, options.GroupInitialRebalanceDelayMs);
        _journal = new GroupJournal(journalPath, options.Flush == FlushMode.Always, (group, e) => LogNotSaved(logger, e, group));
        if (_journal.TornBytes > 0)
            LogTorn(logger, journalPath, _journal.TornBytes);
        foreach (var (id, restored) in _journal.Groups)
        {
            var group = restored.Snapshot is { } snapshot ? new Group(snapshot, _timings, _journal) : new Group(id, _timings, _journal);
            foreach (var (partition, offset) in restored.Offsets)
                group.RestoreOffset(partition, offset);
            _groups[id] = group;
        }
        _timer = new PeriodicTimer(TickInterval, time);
        _ticking = TickAsync();
    }

    internal ICollection<Group> All => _groups.Values;

    internal Group? Find(string id) => _groups.GetValueOrDefault(id) is { State: not GroupState.Dead } group ? group : null;

    /// <summary>A group that may be new. Until it holds something it can be forgotten again at any time, and is dead then.</summary>
    internal Group FindOrCreate(string id)
    {
        var group = _groups.GetOrAdd(id, static (id, me) => new Group(id, me._timings, me._journal), this);
        if (group.State != GroupState.Dead)
            return group;
        _groups.TryRemove(new KeyValuePair<string, Group>(id, group));
        return _groups.GetOrAdd(id, static (id, me) => new Group(id, me._timings, me._journal), this);
    }

    internal void Remove(Group group) => _groups.TryRemove(new KeyValuePair<string, Group>(group.Id, group));

    internal void ForgetTopic(string topic)
    {
        foreach (var group in _groups.Values)
        {
            try
            {
                group.ForgetTopic(topic);
            }
            catch (IOException e)
            {
                LogNotSaved(_logger, e, group.Id);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _ticking;
        _journal.Dispose();
    }

    private async Task TickAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            foreach (var group in _groups.Values)
            {
                try
                {
                    foreach (string member in group.Tick())
                        LogExpired(_logger, group.Id, member);
                    if (group.KillIfForgotten())
                        Remove(group);
                }
                catch (IOException e)
                {
                    LogNotSaved(_logger, e, group.Id);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: cut {Torn} bytes of a torn entry")]
    private static partial void LogTorn(ILogger logger, string path, long torn);

    [LoggerMessage(Level = LogLevel.Information, Message = "Group {Group}: member {Member} was not heard of and is taken out")]
    private static partial void LogExpired(ILogger logger, string group, string member);

    [LoggerMessage(Level = LogLevel.Error, Message = "Group {Group} could not be saved")]
    private static partial void LogNotSaved(ILogger logger, Exception e, string group);
}
