using Crypto.EmbeddedKafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Testing;

/// <summary>An embedded broker on a free port with a folder of its own, which goes away with it.</summary>
public sealed class TestBroker : IAsyncDisposable
{
    private readonly Action<EmbeddedKafkaOptions>? _configure;
    private readonly ILoggerFactory _loggers;
    private EmbeddedKafkaBroker? _broker;

    private TestBroker(Action<EmbeddedKafkaOptions>? configure, ILoggerFactory? loggers)
    {
        _configure = configure;
        _loggers = loggers ?? NullLoggerFactory.Instance;
    }

    /// <summary>Where the broker keeps its data; it may be copied or deleted while the broker is stopped.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("crypto-broker-").FullName;

    /// <summary>Stays the same over restarts.</summary>
    public int Port { get; } = FreePorts.Take();

    public string BootstrapServers => $"127.0.0.1:{Port}";

    public EmbeddedKafkaBroker Broker => _broker ?? throw new InvalidOperationException("the broker is stopped");

    public static async Task<TestBroker> StartAsync(
        Action<EmbeddedKafkaOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var broker = new TestBroker(configure, loggers);
        try
        {
            await broker.StartAgainAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync(); // the folder of one that was refused
            throw;
        }
    }

    /// <summary>Starts a stopped broker on the same port and folder.</summary>
    public async Task StartAgainAsync()
    {
        var options = new EmbeddedKafkaOptions { Port = Port, DataFolder = Folder };
        _configure?.Invoke(options);
        _broker = await EmbeddedKafkaBroker.StartAsync(options, _loggers);
    }

    public async Task StopAsync()
    {
        if (_broker is { } running)
            await running.DisposeAsync();
        _broker = null;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
