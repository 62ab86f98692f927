using Crypto.MarketReplay.Sockets;
using Crypto.MarketReplay.Tests.Support;

namespace Crypto.MarketReplay.Tests;

/// <summary>So many messages in any second, not in a second of the clock.</summary>
public sealed class MessagePaceTests
{
    private readonly ManualTimers _time = new();

    [Fact]
    public void A_second_holds_so_many_and_not_one_more()
    {
        var pace = new MessagePace(3, _time);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => pace.TryTake()));
    }

    [Fact]
    public void A_message_counts_until_a_whole_second_has_passed()
    {
        var pace = new MessagePace(2, _time);
        Assert.True(pace.TryTake());
        _time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.True(pace.TryTake());
        _time.Advance(TimeSpan.FromMilliseconds(399));
        Assert.False(pace.TryTake());
    }

    [Fact]
    public void Who_waits_may_go_on()
    {
        var pace = new MessagePace(2, _time);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(pace.TryTake());
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }
    }

    [Fact]
    public void Zero_is_without_a_limit()
    {
        var pace = new MessagePace(0, _time);

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(pace.TryTake()));
    }
}
