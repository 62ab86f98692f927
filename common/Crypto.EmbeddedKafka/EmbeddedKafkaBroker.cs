using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Net;
using Crypto.EmbeddedKafka.Apis;
using Crypto.EmbeddedKafka.Compression;
using Crypto.EmbeddedKafka.Groups;
using Crypto.EmbeddedKafka.Log;
using Crypto.EmbeddedKafka.Producers;
using Crypto.EmbeddedKafka.Protocol;
using Crypto.EmbeddedKafka.Server;
using Crypto.EmbeddedKafka.Topics;
using Microsoft.Extensions.Logging;

namespace Crypto.EmbeddedKafka;

/// <summary>
/// A Kafka broker inside this process: one node, the Kafka protocol over TCP on the loopback interface, logs on the disk. For
/// one machine; see docs/broker.md for what it speaks and what it promises.
/// </summary>
public sealed partial class EmbeddedKafkaBroker : IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly TopicCatalog _topics;
    private readonly GroupCoordinator _groups;
    private readonly LogKeeper _keeper;
    private readonly BrokerMetrics _metrics;
    private readonly KafkaServer _server;
    private readonly ILogger _logger;
    private int _disposed;

    private EmbeddedKafkaBroker(EmbeddedKafkaOptions options, FileStream folderLock, KafkaServer server, BrokerMetrics metrics, ILogger logger)
    {
        var time = TimeProvider.System;
        (_lock, _server, _metrics, _logger) = (folderLock, server, metrics, logger);
        string folder = options.DataFolder;
        var identity = new BrokerIdentity(
            BrokerIdentity.LoadClusterId(folder), options.AdvertisedHost.Length > 0 ? options.AdvertisedHost : options.Host);
        _topics = new TopicCatalog(Path.Combine(folder, "topics"), options, time, _logger);
        _topics.Load();
        MakeTopics(options.Topics);
        _groups = new GroupCoordinator(Path.Combine(folder, "groups.journal"), options, time, _logger);
        var memory = new UnpackingMemory(options.MaxRequestMemoryBytes / 2); // the requests have the other half
        var producerIds = new ProducerIds(Path.Combine(folder, "producer-ids"));
        var apis = ServedApis.Create(new BrokerParts(_topics, _groups, producerIds, identity, options, memory, metrics, _logger));
        _keeper = new LogKeeper(_topics, memory, options, time, _logger);
        identity.Port = options.AdvertisedPort > 0 ? options.AdvertisedPort : _server.Port;
        Port = _server.Port;
        BootstrapServers = $"{identity.Host}:{identity.Port}";
        metrics.Observe(_topics, _groups);
        _server.Start(new RequestDispatcher(apis, metrics));
    }

    /// <summary>The port that the broker listens on.</summary>
    public int Port { get; }

    /// <summary>What a client's <c>bootstrap.servers</c> must be.</summary>
    public string BootstrapServers { get; }

    /// <summary>Connections that are open.</summary>
    internal int Connections => _server.Connections;

    /// <summary>Starts a broker; it serves when the task ends.</summary>
    /// <exception cref="EmbeddedKafkaException">A setting is wrong, the port or the folder in use, or the folder damaged.</exception>
    public static async Task<EmbeddedKafkaBroker> StartAsync(
        EmbeddedKafkaOptions options, ILoggerFactory loggers, CancellationToken cancellation = default)
    {
        Validate(options);
        var logger = loggers.CreateLogger<EmbeddedKafkaBroker>();
        return await Task.Run(() => OpenAsync(options, logger), cancellation);
    }

    /// <summary>Closes the connections and leaves the logs so that the next start need not check them.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _server.DisposeAsync();
        await _keeper.DisposeAsync();
        await _groups.DisposeAsync();
        _topics.Close();
        _metrics.Dispose();
        await _lock.DisposeAsync();
        LogStopped(_logger, Port);
    }

    private static async Task<EmbeddedKafkaBroker> OpenAsync(EmbeddedKafkaOptions options, ILogger logger)
    {
        var started = Stopwatch.StartNew();
        var folderLock = LockFolder(options.DataFolder);
        var metrics = new BrokerMetrics();
        KafkaServer? server = null;
        try
        {
            server = new KafkaServer(options, metrics, logger);
            var broker = new EmbeddedKafkaBroker(options, folderLock, server, metrics, logger);
            LogStarted(logger, broker.BootstrapServers, options.DataFolder, broker._topics.All.Count, started.ElapsedMilliseconds);
            return broker;
        }
        catch (Exception e)
        {
            if (server is not null)
                await server.DisposeAsync();
            metrics.Dispose();
            await folderLock.DisposeAsync();
            if (e is InvalidDataException)
                throw new EmbeddedKafkaException(e.Message, e);
            throw;
        }
    }

    private void MakeTopics(IReadOnlyList<EmbeddedTopic> topics)
    {
        foreach (var topic in topics.Where(topic => _topics.Find(topic.Name) is null))
        {
            var error = _topics.Create(topic.Name, topic.Partitions, topic.Settings);
            if (error.Code != ErrorCode.None)
                throw new EmbeddedKafkaException($"topic {topic.Name} cannot be made: {error.Message ?? error.Code.ToString()}");
        }
    }

    private static void Validate(EmbeddedKafkaOptions options)
    {
        var problems = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true))
            throw new EmbeddedKafkaException($"{EmbeddedKafkaOptions.Section}: {string.Join(" ", problems.Select(p => p.ErrorMessage))}");
        bool loopback = options.Host == "localhost" || (IPAddress.TryParse(options.Host, out var address) && IPAddress.IsLoopback(address));
        if (!loopback)
        {
            throw new EmbeddedKafkaException(
                $"{EmbeddedKafkaOptions.Section}:Host is '{options.Host}', but the broker has no authentication and listens on " +
                "a loopback address only; use 127.0.0.1.");
        }
    }

    /// <summary>A folder belongs to one process; the system lets go of it however that process ends.</summary>
    private static FileStream LockFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedKafkaException(
                $"The embedded Kafka broker cannot use the folder {folder} ({e.Message}): stop the broker that uses it, or " +
                "choose another folder (--data DIR).", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Kafka broker on {Bootstrap}, data in {Folder}: {Topics} topics, ready after {Milliseconds} ms")]
    private static partial void LogStarted(ILogger logger, string bootstrap, string folder, int topics, long milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kafka broker on port {Port} stopped")]
    private static partial void LogStopped(ILogger logger, int port);
}
