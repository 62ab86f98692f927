using System.Net.Sockets;
using Crypto.Contracts;
using Crypto.EmbeddedKafka;
using Crypto.Postgres.Local;
using Crypto.Standalone.Commands;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Crypto.Standalone.Tests.Commands;

/// <summary>What a user can mend becomes one line; what only we can mend keeps its stack trace.</summary>
public sealed class FailureTests
{
    public static TheoryData<Exception> Mendable =>
    [
        new UsageException("what to do"),
        new LocalPostgresException("what to do"),
        new EmbeddedKafkaException("what to do"),
        new FatalException("what to do"),
        new RetriableException("what to do"),
        new IOException("what to do", new AddressInUseException("in use")),
        new IOException("what to do", new SocketException((int)SocketError.AccessDenied)),
        new AggregateException(new UsageException("what to do")),
        new AggregateException(new AggregateException(new FatalException("what to do"))),
    ];

    public static TheoryData<Exception> OurOwn =>
    [
        new InvalidOperationException("a bug"),
        new NullReferenceException("a bug"),
        new IOException("a full disk, or a bug"),
        new IOException("a bug", new InvalidOperationException("of ours")),
        new FencedException("never meant for the user"),
        new AggregateException(new InvalidOperationException("a bug")),
        new AggregateException(),
    ];

    [Theory]
    [MemberData(nameof(Mendable))]
    public void What_a_user_can_mend_is_its_message(Exception failure) => Assert.Equal("what to do", Failure.Explain(failure));

    [Theory]
    [MemberData(nameof(OurOwn))]
    public void A_bug_is_not_explained_away(Exception failure) => Assert.Null(Failure.Explain(failure));

    [Fact]
    public void Every_wrong_setting_is_told_in_the_one_line()
    {
        var failure = new OptionsValidationException("Kafka", typeof(object), ["Kafka:A is 1: give 2", "Kafka:B is 3: give 4"]);

        Assert.Equal("Kafka:A is 1: give 2; Kafka:B is 3: give 4", Failure.Explain(failure));
    }

    [Fact]
    public void A_stop_during_the_start_says_so()
    {
        Assert.Equal("stopped", Failure.Explain(new OperationCanceledException()));
        Assert.Equal("stopped", Failure.Explain(new TaskCanceledException()));
    }
}
