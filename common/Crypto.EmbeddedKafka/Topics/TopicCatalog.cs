using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Protocol;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka.Topics;

/// <summary>Why a topic was not made or changed: the protocol's code and a sentence for people.</summary>
internal readonly record struct TopicError(ErrorCode Code, string? Message)
{
    internal static readonly TopicError None = new(ErrorCode.None, null);
}

/// <summary>The topics, in memory and as folders <c>topics/NAME/PARTITION</c>. Changes take turns, look-ups never wait.</summary>
internal sealed partial class TopicCatalog
{
    private const int MaxNameLength = 249;
    private const string DeletedSuffix = "~deleted";

    private readonly Lock _changing = new();
    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Topic> _byId = [];
    private readonly string _folder;
    private readonly EmbeddedKafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal TopicCatalog(string folder, EmbeddedKafkaOptions options, TimeProvider time, ILogger logger)
    {
        _folder = folder;
        _options = options;
        _time = time;
        _logger = logger;
    }

    internal ICollection<Topic> All => _byName.Values;

    internal Topic? Find(string name) => _byName.GetValueOrDefault(name);

    internal Topic? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>Reads what is on the disk; partitions are recovered side by side.</summary>
    internal void Load()
    {
        Directory.CreateDirectory(_folder);
        foreach (string folder in Directory.GetDirectories(_folder))
        {
            if (folder.EndsWith(DeletedSuffix, StringComparison.Ordinal) || !TopicDescription.Exists(folder))
            {
                Directory.Delete(folder, recursive: true); // a deletion or a creation that a crash cut short
                continue;
            }
            var description = TopicDescription.Load(folder);
            Add(Open(description, folder));
        }
    }

    internal TopicError Create(string name, int partitions, IReadOnlyDictionary<string, string> settings, bool validateOnly = false)
    {
        lock (_changing)
        {
            if (CheckNew(name, ref partitions, settings) is { Code: not ErrorCode.None } error)
                return error;
            if (validateOnly)
                return TopicError.None;
            return TryStore(name, () => Make(new TopicDescription(name, Guid.NewGuid(), partitions, new(settings.ToDictionary()))));
        }
    }

    /// <summary>The disk may be full; clients try again after this code.</summary>
    private static TopicError TryStore(string name, Action change)
    {
        try
        {
            change();
            return TopicError.None;
        }
        catch (Exception e) when (e is IOException or AggregateException { InnerException: IOException })
        {
            return new(ErrorCode.KafkaStorageError, $"topic {name} cannot be stored: {e.InnerException?.Message ?? e.Message}");
        }
    }

    private void Make(TopicDescription description)
    {
        string folder = FolderOf(description.Name);
        try
        {
            for (int i = 0; i < description.Partitions; i++)
                Directory.CreateDirectory(PartitionFolder(folder, i));
            description.Save(folder); // last: a folder without it is thrown away at the next start
            Add(Open(description, folder));
        }
        catch
        {
            // A topic that its creator was refused must not be there after the next start.
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            throw;
        }
        LogCreated(_logger, description.Name, description.Id, description.Partitions);
    }

    /// <summary>Makes a topic that a client named, if that is switched on.</summary>
    internal Topic? FindOrCreate(string name, bool allowed)
    {
        if (Find(name) is { } found)
            return found;
        if (allowed && _options.AutoCreateTopics)
            Create(name, _options.DefaultPartitions, ImmutableDictionary<string, string>.Empty);
        return Find(name);
    }

    internal bool Delete(Topic topic)
    {
        lock (_changing)
        {
            if (!_byId.ContainsKey(topic.Id))
                return false;
            string deleted = Path.Combine(_folder, topic.Id.ToString("N") + DeletedSuffix);
            Directory.Move(FolderOf(topic.Name), deleted); // first: what cannot be moved is still there after a restart
            _byId.TryRemove(topic.Id, out _);
            _byName.TryRemove(topic.Name, out _);
            foreach (var partition in topic.Partitions)
                partition.Leave();
            Directory.Delete(deleted, recursive: true);
            LogDeleted(_logger, topic.Name, topic.Id);
            return true;
        }
    }

    internal TopicError AddPartitions(Topic topic, int count, bool validateOnly)
    {
        lock (_changing)
        {
            int before = topic.Partitions.Length;
            if (count <= before)
                return new(ErrorCode.InvalidPartitions, $"topic {topic.Name} has {before} partitions already");
            if (count > _options.MaxPartitionsPerTopic)
                return new(ErrorCode.InvalidPartitions, $"{count} partitions; at most {_options.MaxPartitionsPerTopic} are allowed");
            if (validateOnly)
                return TopicError.None;
            string folder = FolderOf(topic.Name);
            return TryStore(topic.Name, () =>
            {
                PartitionLog[] added = [.. Enumerable.Range(before, count - before).Select(i => OpenPartition(folder, i, topic.Settings))];
                (Describe(topic) with { Partitions = count }).Save(folder);
                topic.Partitions = topic.Partitions.AddRange(added);
            });
        }
    }

    internal TopicError Configure(Topic topic, ImmutableDictionary<string, string> settings)
    {
        lock (_changing)
        {
            if (TryStore(topic.Name, () => (Describe(topic) with { Settings = new(settings.ToDictionary()) }).Save(FolderOf(topic.Name)))
                is { Code: not ErrorCode.None } error)
                return error;
            topic.Settings = settings;
            foreach (var partition in topic.Partitions)
                partition.Settings = TopicSettings.ToLogSettings(settings, _options.Flush == FlushMode.Always);
            return TopicError.None;
        }
    }

    /// <summary>Leaves every log as one that needs no look at the next start.</summary>
    internal void Close()
    {
        lock (_changing)
        {
            foreach (var topic in All)
            {
                foreach (var partition in topic.Partitions)
                    Close(topic, partition);
            }
        }
    }

    private void Close(Topic topic, PartitionLog partition)
    {
        try
        {
            partition.Close();
        }
        catch (IOException e)
        {
            LogNotClosed(_logger, topic.Name, e.Message); // what it says is known to be whole is so, only less than could be
            partition.Abandon();
        }
    }

    private TopicError CheckNew(string name, ref int partitions, IReadOnlyDictionary<string, string> settings)
    {
        if (!IsValidName(name))
            return new(ErrorCode.InvalidTopic, $"'{name}' is no topic name: up to {MaxNameLength} of a-z A-Z 0-9 . _ -");
        if (_byName.ContainsKey(name))
            return new(ErrorCode.TopicAlreadyExists, $"topic {name} exists");
        if (_byName.Count >= _options.MaxTopics)
            return new(ErrorCode.PolicyViolation, $"there are {_byName.Count} topics; at most {_options.MaxTopics} are allowed");
        if (partitions == -1)
            partitions = _options.DefaultPartitions;
        if (partitions < 1 || partitions > _options.MaxPartitionsPerTopic)
            return new(ErrorCode.InvalidPartitions, $"{partitions} partitions; 1 to {_options.MaxPartitionsPerTopic} are allowed");
        foreach (var (setting, value) in settings)
        {
            if (TopicSettings.Check(setting, value) is { } problem)
                return new(ErrorCode.InvalidConfig, problem);
        }
        return TopicError.None;
    }

    internal static bool IsValidName(string name) =>
        name.Length is > 0 and <= MaxNameLength && name is not ("." or "..") &&
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    private void Add(Topic topic)
    {
        _byId[topic.Id] = topic;
        _byName[topic.Name] = topic;
    }

    private Topic Open(TopicDescription description, string folder)
    {
        var settings = description.Settings.ToImmutableDictionary();
        var partitions = new PartitionLog[description.Partitions];
        Parallel.For(0, partitions.Length, i => partitions[i] = OpenPartition(folder, i, settings));
        return new Topic(description.Name, description.Id, settings, [.. partitions]);
    }

    private PartitionLog OpenPartition(string folder, int index, IReadOnlyDictionary<string, string> settings) => PartitionLog.Open(
        PartitionFolder(folder, index), TopicSettings.ToLogSettings(settings, _options.Flush == FlushMode.Always), _time, _logger);

    private static TopicDescription Describe(Topic topic) =>
        new(topic.Name, topic.Id, topic.Partitions.Length, new(topic.Settings.ToDictionary()));

    private string FolderOf(string name) => Path.Combine(_folder, name);

    private static string PartitionFolder(string folder, int index) =>
        Path.Combine(folder, index.ToString(CultureInfo.InvariantCulture));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Topic {Topic} created, id {Id}, {Partitions} partitions")]
    private static partial void LogCreated(ILogger logger, string topic, Guid id, int partitions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A log of {Topic} has no last checkpoint, so the next start will look at its end: {Reason}")]
    private static partial void LogNotClosed(ILogger logger, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic {Topic} deleted, id {Id}")]
    private static partial void LogDeleted(ILogger logger, string topic, Guid id);
}
