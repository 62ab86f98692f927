using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Crypto.Standalone.Hosting;
using Crypto.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crypto.Standalone.Tests.Hosting;

/// <summary>One process hosts the roles it was given, with the settings of the command line before all others.</summary>
public sealed class ServiceHostTests
{
    [Fact]
    public async Task A_process_with_one_part_tells_the_health_of_that_part()
    {
        var port = FreePorts.Take();
        await using var host = await Host.StartAsync("--roles", "kafka", "--kafka", "0", "--http", $"{port}");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        using var health = await http.GetAsync("/health");
        using var candles = await http.GetAsync("/ohlc/BTCUSDT");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (health.StatusCode, candles.StatusCode));
        var text = await health.Content.ReadAsStringAsync();
        Assert.Contains("\"kafka\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    }

    [Fact]
    public async Task A_process_that_was_told_to_listen_on_nothing_listens_on_nothing()
    {
        await using var host = await Host.StartAsync("--roles", "kafka", "--kafka", "0", "--http", "0", "--grpc", "0");

        Assert.IsType<NoServer>(host.App.Services.GetRequiredService<IServer>());
    }

    [Fact]
    public async Task Only_loopback_is_listened_on_unless_Kestrels_own_settings_say_more_with_TLS_or_without()
    {
        var (port, secure) = (FreePorts.Take(), FreePorts.Take());
        using var folder = new TemporaryFolder();
        using var certificate = SelfSigned();
        var file = Path.Combine(folder.Path, "server.pfx");
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pfx));

        await using (var plain = await Host.StartAsync("--roles", "kafka", "--kafka", "0", "--http", $"{port}"))
            Assert.All(plain.App.Urls, url => Assert.True(new Uri(url).IsLoopback, url));
        await using var host = await Host.StartAsync(
            "--roles", "kafka", "--kafka", "0", "--http", $"{port}", "--set", $"Kestrel:Endpoints:tls:Url=https://127.0.0.1:{secure}",
            "--set", $"Kestrel:Endpoints:tls:Certificate:Path={file}");
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate.Thumbprint,
        };
        using var http = new HttpClient(handler)
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await http.GetAsync($"https://127.0.0.1:{secure}/alive");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task The_command_line_is_overridden_by_the_environment_and_both_by_set()
    {
        Environment.SetEnvironmentVariable("CRYPTO_TestOfMerging__One", "environment");
        Environment.SetEnvironmentVariable("CRYPTO_TestOfMerging__Two", "environment");

        await using var host = await Host.StartAsync(
            "--roles", "kafka", "--kafka", "0", "--http", "0", "--venue", "binance-usdm", "--repair-max", "15m",
            "--set", "TestOfMerging:Two=set", "--set", "Ingestion:RepairMax=01:00:00");

        IConfiguration settings = host.App.Configuration;
        Assert.Equal(("environment", "set"), (settings["TestOfMerging:One"], settings["TestOfMerging:Two"]));
        Assert.Equal(("binance-usdm", "01:00:00"), (settings["Ingestion:Venue"], settings["Ingestion:RepairMax"]));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private sealed class Host : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private Infrastructure _infrastructure = null!;

        public WebApplication App { get; private set; } = null!;

        public static async Task<Host> StartAsync(params string[] arguments)
        {
            var host = new Host();
            var options = CommandLine.Up([.. arguments, "--data", host._folder.Path]);
            using var data = DataFolder.Open(options.DataFolder, []);
            host._infrastructure = await Infrastructure.StartAsync(options, data, NullLoggerFactory.Instance, default);
            host.App = await ServiceHost.BuildAsync(options, data, host._infrastructure, Telemetry.Start(options, null), default);
            await host.App.StartAsync();
            return host;
        }

        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            await _infrastructure.DisposeAsync();
            _folder.Dispose();
        }
    }
}
