using Xunit;

namespace Crypto.Kafka.Tests;

public sealed class ConsumerStatusTests
{
    private static readonly DateTimeOffset Noon = new(2024, 8, 9, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_trouble_lasts_from_its_first_failure_and_tells_its_latest_reason()
    {
        var status = new ConsumerStatus();
        status.Fails("the database is away", Noon);
        status.Fails("the broker is away too", Noon.AddMinutes(3));

        Assert.Equal(("the broker is away too", Noon), status.Failure);
    }

    [Fact]
    public void A_trouble_that_is_over_is_forgotten_and_the_next_one_begins_anew()
    {
        var status = new ConsumerStatus();
        status.Fails("the database is away", Noon);
        status.Works();
        Assert.Null(status.Failure);

        status.Fails("again", Noon.AddHours(1));

        Assert.Equal(("again", Noon.AddHours(1)), status.Failure);
    }
}
