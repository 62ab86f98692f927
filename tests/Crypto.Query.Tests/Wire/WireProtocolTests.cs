using System.IO.Compression;
using System.Net;
using Google.Protobuf;
using Xunit;

namespace Crypto.Query.Tests.Wire;

/// <summary>The protocol's rules one by one, with requests made by hand.</summary>
public sealed class WireProtocolTests(EchoServer server) : IClassFixture<EchoServer>, IDisposable
{
    private const string Once = "/crypto.tests.v1.Echo/Once";
    private const string Many = "/crypto.tests.v1.Echo/Many";
    private readonly RawGrpc _grpc = new(server.Url);

    public void Dispose() => _grpc.Dispose();

    [Fact]
    public async Task A_unary_call_answers_one_message_and_status_0_in_the_trailers()
    {
        var response = await _grpc.PostAsync(Once, Message("hello"));
        Assert.Equal("application/grpc", response.Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsByteArrayAsync();
        var (flag, payload) = Assert.Single(RawGrpc.Unframe(body));
        Assert.Equal(0, flag);
        Assert.Equal("hello", EchoMessage.Parser.ParseFrom(payload).Text);
        Assert.Equal("0", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Theory]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc; charset=utf-8")]
    [InlineData("APPLICATION/GRPC")]
    public async Task Spellings_of_the_content_type_are_accepted(string type)
    {
        var response = await _grpc.PostAsync(Once, RawGrpc.Content(RawGrpc.Frame(new EchoMessage()), type));
        Assert.Equal("0", await RawGrpc.EndAsync(response));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/grpc-web")]
    [InlineData("application/grpcx")]
    [InlineData("application/grpc+json")]
    public async Task Another_content_type_is_415(string type)
    {
        var response = await _grpc.PostAsync(Once, RawGrpc.Content(RawGrpc.Frame(new EchoMessage()), type));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Fact]
    public async Task Http_1_is_asked_to_upgrade()
    {
        using var http = new HttpClient { BaseAddress = server.Http1Url };
        var response = await http.PostAsync(Once, Message("hello"));
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData("/crypto.tests.v1.Echo/Nothing")]
    [InlineData("/crypto.tests.v1.Nobody/Once")]
    public async Task An_unknown_method_is_unimplemented(string path) =>
        Assert.Equal("12", await RawGrpc.EndAsync(await _grpc.PostAsync(path, Message("hello"))));

    [Fact]
    public async Task An_unknown_page_is_404()
    {
        var response = await _grpc.PostAsync("/some/page", RawGrpc.Content([], "text/plain"));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_failure_before_the_first_message_comes_in_the_headers_with_an_encoded_message_and_details()
    {
        var response = await _grpc.PostAsync(Once, RawGrpc.Content(RawGrpc.Frame(new EchoMessage { Text = "it", FailWith = 5 })));
        Assert.Equal("5", response.Headers.GetValues("grpc-status").Single());
        Assert.Equal("asked for: 50 %25 %C3%BC%0A", response.Headers.GetValues("grpc-message").Single());
        var bin = response.Headers.GetValues("grpc-status-details-bin").Single();
        var status = Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(bin.PadRight((bin.Length + 3) / 4 * 4, '=')));
        Assert.Equal(5, status.Code);
        Assert.Equal("it", Assert.Single(status.Details).Unpack<Rpc.ResourceInfo>().ResourceName);
    }

    [Fact]
    public async Task A_failure_after_messages_comes_in_the_trailers()
    {
        var response = await _grpc.PostAsync(Many, RawGrpc.Content(RawGrpc.Frame(new EchoMessage { Repeat = 3, FailWith = 10 })));
        Assert.Equal(3, RawGrpc.Unframe(await response.Content.ReadAsByteArrayAsync()).Count);
        Assert.False(response.Headers.Contains("grpc-status"));
        Assert.Equal("10", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task What_a_handler_throws_by_accident_is_internal_and_keeps_its_secret()
    {
        var response = await _grpc.PostAsync(Once, Message("throw"));
        Assert.Equal("13", await RawGrpc.EndAsync(response));
        Assert.DoesNotContain("secret", await RawGrpc.EndAsync(response, "grpc-message"));
    }

    [Fact]
    public async Task A_gzipped_request_is_read_and_a_large_answer_gzipped_for_who_takes_it()
    {
        var message = new EchoMessage { Text = new string('a', 5000) };
        var response = await _grpc.PostAsync(Once, RawGrpc.Content(RawGrpc.Frame(Gzip(message.ToByteArray()), flag: 1)), request =>
        {
            request.Headers.Add("grpc-encoding", "gzip");
            request.Headers.Add("grpc-accept-encoding", "identity, deflate, gzip");
        });
        Assert.Equal("gzip", response.Headers.GetValues("grpc-encoding").Single());
        var (flag, payload) = Assert.Single(RawGrpc.Unframe(await response.Content.ReadAsByteArrayAsync()));
        Assert.Equal(1, flag);
        Assert.True(payload.Length < 200);
        using var plain = new GZipStream(new MemoryStream(payload), CompressionMode.Decompress);
        Assert.Equal(message, EchoMessage.Parser.ParseFrom(plain));
    }

    [Fact]
    public async Task A_small_answer_is_not_gzipped()
    {
        var response = await _grpc.PostAsync(Once, Message("small"), r => r.Headers.Add("grpc-accept-encoding", "gzip"));
        Assert.Equal(0, Assert.Single(RawGrpc.Unframe(await response.Content.ReadAsByteArrayAsync())).Flag);
    }

    [Fact]
    public async Task An_unknown_encoding_is_unimplemented_and_the_known_ones_are_named()
    {
        var response = await _grpc.PostAsync(Once, Message("hello"), request => request.Headers.Add("grpc-encoding", "snappy"));
        Assert.Equal("12", await RawGrpc.EndAsync(response));
        Assert.Equal("identity,gzip", response.Headers.GetValues("grpc-accept-encoding").Single());
    }

    public static TheoryData<string, byte[], string> Malformed => new()
    {
        { "no message", [], "12" },
        { "half a prefix", [0, 0, 0], "13" },
        { "half a message", [0, 0, 0, 0, 9, 1, 2], "13" },
        { "two messages", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "12" },
        { "compressed without an encoding", [1, 0, 0, 0, 0], "13" },
        { "a flag of 7", [7, 0, 0, 0, 0], "13" },
        { "no protobuf", [0, 0, 0, 0, 2, 0xFF, 0xFF], "13" },
        { "four gigabytes", [0, 0xFF, 0xFF, 0xFF, 0xFF], "8" },
        { "above the limit", [0, 0, 1, 0, 1], "8" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_body_ends_with_the_status_of_the_specification(string what, byte[] body, string status)
    {
        var actual = await RawGrpc.EndAsync(await _grpc.PostAsync(Once, RawGrpc.Content(body)));
        Assert.True(status == actual, $"{what}: {actual} instead of {status}");
    }

    [Fact]
    public async Task A_gzip_bomb_is_refused_at_the_limit()
    {
        var bomb = Gzip(new byte[50_000_000]);
        Assert.True(bomb.Length < 64 * 1024);
        var response = await _grpc.PostAsync(
            Once, RawGrpc.Content(RawGrpc.Frame(bomb, flag: 1)), request => request.Headers.Add("grpc-encoding", "gzip"));
        Assert.Equal("8", await RawGrpc.EndAsync(response));
    }

    [Fact]
    public async Task A_deadline_ends_the_call_and_its_handler()
    {
        var response = await _grpc.PostAsync(
            Once, RawGrpc.Content(RawGrpc.Frame(new EchoMessage { Hang = true })), request => request.Headers.Add("grpc-timeout", "50m"));
        Assert.Equal("4", await RawGrpc.EndAsync(response));
        Assert.True(await server.Cancelled.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    [InlineData("5s")]
    public async Task A_deadline_that_is_none_is_an_invalid_argument(string timeout)
    {
        var response = await _grpc.PostAsync(
            Once, Message("hello"), request => request.Headers.TryAddWithoutValidation("grpc-timeout", timeout));
        Assert.Equal("3", await RawGrpc.EndAsync(response));
    }

    [Fact]
    public async Task A_stream_sends_each_message_at_once_and_a_client_that_goes_ends_its_handler()
    {
        using var client = new CancellationTokenSource();
        var hanging = new EchoMessage { Text = "x", Repeat = 1, Hang = true };
        var response = await _grpc.PostAsync(Many, RawGrpc.Content(RawGrpc.Frame(hanging)), cancellation: client.Token);
        var stream = await response.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(new byte[5]);
        await client.CancelAsync();
        response.Dispose();
        Assert.True(await server.Cancelled.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    private static HttpContent Message(string text) => RawGrpc.Content(RawGrpc.Frame(new EchoMessage { Text = text }));

    private static byte[] Gzip(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var zip = new GZipStream(output, CompressionLevel.SmallestSize)) zip.Write(plain);
        return output.ToArray();
    }
}
