using Crypto.Ingestion.Publishing;

namespace Crypto.Ingestion.Tests.Publishing;

public sealed class InFlightGateTests
{
    [Fact]
    public async Task Whoever_finds_it_full_waits_until_a_quarter_has_left()
    {
        var gate = new InFlightGate(4);
        for (var i = 0; i < 4; i++) gate.Enter();
        Assert.False(gate.HasRoom);

        var waiting = gate.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        gate.Leave(0);

        await waiting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(gate.HasRoom);
    }

    [Fact]
    public async Task A_drain_waits_for_the_older_records_and_not_for_newer_ones()
    {
        var gate = new InFlightGate(100);
        var older = gate.Enter();

        var draining = gate.DrainAsync(CancellationToken.None);
        await Task.Yield();
        var newer = gate.Enter();
        Assert.NotEqual(older, newer);
        Assert.False(draining.IsCompleted);
        gate.Leave(older);

        await draining.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(1, gate.Count);
    }

    [Fact]
    public async Task Many_writers_never_miss_the_room_that_they_wait_for()
    {
        var gate = new InFlightGate(8);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (!gate.HasRoom) await gate.WaitAsync(patience.Token);
                var generation = gate.Enter();
                await Task.Yield();
                gate.Leave(generation);
            }
        })));

        Assert.Equal(0, gate.Count);
    }
}
