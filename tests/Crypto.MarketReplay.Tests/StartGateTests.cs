using Crypto.MarketReplay.Clocks;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

/// <summary>A clock starts when every symbol has a listener, or a grace after the first one, and once only.</summary>
public sealed class StartGateTests : IDisposable
{
    private readonly ManualTimers _time = new();
    private readonly StartGate _gate;
    private int _starts;

    public StartGateTests()
    {
        _gate = new StartGate(symbols: 3, TimeSpan.FromSeconds(1), _time);
        _gate.OnStart(() => _starts++);
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public void It_opens_at_once_when_every_symbol_is_subscribed_to()
    {
        _gate.Subscribed([0]);
        _gate.Subscribed([2, 0]);
        Assert.Equal(0, _starts);

        _gate.Subscribed([1]);

        Assert.Equal(1, _starts);
    }

    [Fact]
    public void It_opens_a_grace_after_the_first_subscription_whatever_comes_later()
    {
        _gate.Subscribed([0]);
        _time.Advance(TimeSpan.FromMilliseconds(900));
        _gate.Subscribed([1]);
        Assert.Equal(0, _starts);

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(1, _starts);
    }

    [Fact]
    public void It_opens_once()
    {
        _gate.Subscribed([0, 1]);
        _gate.Subscribed([2]);
        _gate.Subscribed([0, 1, 2]);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, _starts);
    }

    [Fact]
    public void Without_a_grace_the_first_subscription_opens_it()
    {
        using var gate = new StartGate(symbols: 3, TimeSpan.Zero, _time);
        gate.OnStart(() => _starts++);

        gate.Subscribed([1]);

        Assert.Equal(1, _starts);
    }

    [Fact]
    public void A_server_that_is_stopped_meanwhile_starts_nothing()
    {
        _gate.Subscribed([0]);
        _gate.Dispose();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(0, _starts);
    }
}
