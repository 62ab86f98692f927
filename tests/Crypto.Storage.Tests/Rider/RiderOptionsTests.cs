using Crypto.Storage.MassTransit;
using Xunit;

namespace Crypto.Storage.Tests.Rider;

public sealed class RiderOptionsTests
{
    public static TheoryData<RiderOptions, string> Wrong => new()
    {
        { new() { BatchSize = 0 }, "Storage:Rider:BatchSize is 0: give a number from 1 to 30000" },
        { new() { BatchSize = 30_001 }, "Storage:Rider:BatchSize is 30001: give a number from 1 to 30000" },
        { new() { Linger = TimeSpan.Zero }, "Storage:Rider:Linger is 00:00:00: give more than zero and at most 00:00:05, e.g. 00:00:00.050" },
        { new() { MaxRetryPause = TimeSpan.FromMilliseconds(99) }, "Storage:Rider:MaxRetryPause is 00:00:00.0990000: give at least 00:00:00.100" },
        { new() { HolePatience = TimeSpan.Zero }, "Storage:Rider:HolePatience is 00:00:00: give at least 00:00:01" },
        { new() { UnhealthyAfter = TimeSpan.Zero }, "Storage:Rider:UnhealthyAfter is 00:00:00: give at least 00:00:01" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_setting_that_cannot_be_is_told_with_its_value_and_the_fix(RiderOptions options, string line) =>
        Assert.Equal([line], new RiderOptionsValidator().Validate(null, options).Failures);

    [Fact]
    public void A_batch_is_collected_while_another_is_stored()
    {
        var options = new RiderOptions { BatchSize = 300 };

        Assert.True(new RiderOptionsValidator().Validate(null, options).Succeeded);
        Assert.Equal(600, options.DeliveryLimit);
    }
}
