using Crypto.EmbeddedKafka.Server;

namespace Crypto.EmbeddedKafka.Tests.Wire;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(100);

    [Fact]
    public void What_fits_is_granted_at_once()
    {
        Assert.True(Take(60).IsCompletedSuccessfully);
        Assert.True(Take(40).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Who_asks_for_more_than_is_left_waits_in_line_and_so_do_smaller_ones_behind_him()
    {
        await Take(60);
        var large = Take(50);
        var small = Take(10);
        Assert.False(large.IsCompleted || small.IsCompleted);

        _budget.Return(60);

        await Task.WhenAll(large, small).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(Take(41).IsCompleted);
    }

    [Fact]
    public async Task More_than_there_is_in_all_is_granted_alone()
    {
        await Take(1);
        var all = Take(1_000_000);
        Assert.False(all.IsCompleted);

        _budget.Return(1);

        await all.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(Take(1).IsCompleted);
        _budget.Return(1_000_000);
    }

    [Fact]
    public async Task Who_gives_up_leaves_his_place_to_the_next()
    {
        await Take(100);
        using var giving = new CancellationTokenSource();
        var gone = _budget.TakeAsync(90, giving.Token).AsTask();
        var next = Take(20);
        await giving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        _budget.Return(100);

        await next.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(Take(80).IsCompletedSuccessfully);
    }

    private Task Take(long bytes) => _budget.TakeAsync(bytes, CancellationToken.None).AsTask();
}
