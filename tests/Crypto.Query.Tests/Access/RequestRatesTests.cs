using System.Net;
using Crypto.Query.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crypto.Query.Tests.Access;

/// <summary>A limit is the number that the configuration gives, whatever the number.</summary>
public sealed class RequestRatesTests
{
    [Fact]
    public void A_bucket_fills_at_the_rate_given()
    {
        foreach (var perSecond in Enumerable.Range(1, 2000).Append(12_345).Append(999_999).Append(1_000_000))
        {
            var bucket = RequestRates.Bucket(perSecond);
            var rate = bucket.TokensPerPeriod / bucket.ReplenishmentPeriod.TotalSeconds;
            Assert.True(Math.Abs((rate / perSecond) - 1) <= 1e-5, $"{perSecond} requests a second would be {rate}");
            Assert.Equal(perSecond, bucket.TokenLimit);
        }
    }

    [Fact]
    public void A_seconds_worth_may_come_at_once_and_each_client_has_its_own()
    {
        var slow = new ApiKey { Name = "slow", RequestsPerSecond = 1 };
        var quick = new ApiKey { Name = "quick", RequestsPerSecond = 19 };
        using var rates = new RequestRates(Options.Create(new AccessOptions { Keys = { slow, quick } }));
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Loopback } };

        Assert.All(Enumerable.Range(0, 19), _ => Assert.True(rates.TryTake(quick, http)));
        Assert.True(rates.TryTake(slow, http));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(rates.TryTake(null, http)));
        // Twenty-five minutes' worth: no machine is so slow that it would not be refused.
        Assert.Contains(Enumerable.Range(0, 1500), _ => !rates.TryTake(slow, http));
    }
}
