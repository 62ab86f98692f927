using Crypto.EmbeddedKafka.Compression;

namespace Crypto.EmbeddedKafka.Tests.Compression;

public sealed class UnpackingMemoryTests
{
    private readonly UnpackingMemory _memory = new(64 << 20);
    private readonly List<UnpackLimit> _limits = [];

    [Fact]
    public async Task Work_that_needs_little_runs_once_with_the_usual_limit()
    {
        Assert.Equal(1, await RunAsync(needed: 1000));

        Assert.Equal([new UnpackLimit(4 << 20, IsLast: false)], _limits);
    }

    [Fact]
    public async Task Work_that_needs_more_runs_again_with_all_there_is()
    {
        Assert.Equal(2, await RunAsync(needed: 10 << 20));

        Assert.Equal([new UnpackLimit(4 << 20, IsLast: false), new UnpackLimit(16 << 20, IsLast: true)], _limits);
        Assert.Equal(16 << 20, _memory.LargestBatch);
    }

    [Fact]
    public async Task What_fails_gives_its_memory_back()
    {
        for (int i = 0; i < 10; i++)
        {
            await Assert.ThrowsAsync<UnpackedTooLargeException>(() => RunAsync(needed: 100 << 20));
            await Assert.ThrowsAsync<DecompressionException>(
                () => _memory.RunAsync<int>(_ => throw new DecompressionException("damaged"), CancellationToken.None).AsTask());
        }

        _limits.Clear();
        Assert.Equal(2, await RunAsync(needed: 16 << 20).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Where_there_is_little_in_all_the_first_limit_is_the_last()
    {
        var small = new UnpackingMemory(1 << 20);

        await small.RunAsync(limit => { _limits.Add(limit); return 0; }, CancellationToken.None);

        Assert.Equal([new UnpackLimit(256 << 10, IsLast: true)], _limits);
    }

    [Fact]
    public async Task No_more_runs_at_once_than_there_is_memory_for()
    {
        int running = 0, most = 0;
        int Work(UnpackLimit limit)
        {
            int now = Interlocked.Increment(ref running);
            lock (_limits)
                most = Math.Max(most, now);
            Thread.SpinWait(20_000);
            Interlocked.Decrement(ref running);
            return 0;
        }

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => _memory.RunAsync(Work, CancellationToken.None).AsTask())));

        Assert.InRange(most, 1, 4); // of 16 MB each
    }

    private Task<int> RunAsync(int needed) => _memory.RunAsync(
        limit =>
        {
            _limits.Add(limit);
            return needed <= limit.Bytes ? _limits.Count : throw new UnpackedTooLargeException(limit.Bytes);
        },
        CancellationToken.None).AsTask();
}
