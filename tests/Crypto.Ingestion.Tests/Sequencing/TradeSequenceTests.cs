using Crypto.Ingestion.Sequencing;
using Crypto.Testing;

namespace Crypto.Ingestion.Tests.Sequencing;

public sealed class TradeSequenceTests
{
    private readonly TradeSequence _sequence = new();

    [Fact]
    public void The_first_id_is_new_and_tells_of_no_gap()
    {
        Assert.Equal(Observation.New, _sequence.Observe(100, out _));

        Assert.Equal((100, 100, 0), (_sequence.First, _sequence.Newest, _sequence.MissingCount));
    }

    [Fact]
    public void A_skip_makes_the_ids_between_missing()
    {
        _sequence.Observe(100, out _);

        Assert.Equal(Observation.NewAfterGap, _sequence.Observe(104, out var skipped));

        Assert.Equal(new IdRange(101, 103), skipped);
        Assert.Equal(3, _sequence.MissingCount);
    }

    [Fact]
    public void An_id_that_comes_late_fills_its_place_once()
    {
        _sequence.Observe(100, out _);
        _sequence.Observe(104, out _);

        Assert.Equal(Observation.New, _sequence.Observe(102, out _));
        Assert.Equal(Observation.Duplicate, _sequence.Observe(102, out _));
        Assert.Equal(Observation.Duplicate, _sequence.Observe(104, out _));
        Assert.Equal([new(101, 101), new(103, 103)], _sequence.MissingWithin(new IdRange(0, 1000)));
    }

    [Fact]
    public void A_jump_that_no_market_makes_is_not_believed_before_rest_confirms_it()
    {
        _sequence.Observe(100, out _);
        var far = 101 + TradeSequence.PlausibleJumpMax;

        Assert.Equal(Observation.Implausible, _sequence.Observe(far, out _));
        Assert.Equal(100, _sequence.Newest);

        _sequence.RaiseTo(far - 1);
        Assert.Equal(Observation.New, _sequence.Observe(far, out _));
    }

    [Fact]
    public void The_newest_id_of_rest_makes_what_is_below_it_missing_unless_nothing_was_known()
    {
        Assert.Null(_sequence.RaiseTo(50));
        Assert.Equal(Observation.New, _sequence.Observe(51, out _));

        Assert.Equal(new IdRange(52, 60), _sequence.RaiseTo(60));
        Assert.Null(_sequence.RaiseTo(55));
    }

    [Fact]
    public void A_first_frame_from_the_socket_that_is_older_than_rests_answer_tells_of_no_gap()
    {
        _sequence.RaiseTo(50);

        for (var id = 30; id <= 52; id++) Assert.Equal(Observation.New, _sequence.Observe(id, out _));

        Assert.Equal((30, 52, 0), (_sequence.First, _sequence.Newest, _sequence.MissingCount));
    }

    [Fact]
    public void Frames_below_the_first_one_join_it()
    {
        _sequence.Observe(50, out _);

        Assert.Equal(Observation.NewAfterGap, _sequence.Observe(48, out var skipped));
        Assert.Equal(new IdRange(49, 49), skipped);
        Assert.Equal(Observation.New, _sequence.Observe(49, out _));
        Assert.Equal(0, _sequence.MissingCount);
    }

    [Fact]
    public void An_id_is_handed_to_the_stream_or_to_the_repair_and_never_to_both()
    {
        _sequence.Observe(1, out _);
        _sequence.Observe(10, out _);

        Assert.True(_sequence.TryTake(new IdRange(5, 5)));
        Assert.Equal(Observation.Duplicate, _sequence.Observe(5, out _));
        Assert.Equal(Observation.New, _sequence.Observe(6, out _));
        Assert.False(_sequence.TryTake(new IdRange(6, 6)));
        Assert.False(_sequence.TryTake(new IdRange(4, 7)));
    }

    [Fact]
    public void What_was_given_up_is_not_missed_again()
    {
        _sequence.Observe(1, out _);
        _sequence.Observe(10, out _);
        _sequence.GiveUp(new IdRange(2, 4));

        Assert.Equal([new(5, 9)], _sequence.MissingWithin(new IdRange(0, 100)));
        Assert.Empty(_sequence.MarkMissing(new IdRange(2, 9)));
        Assert.Equal([new(1, 1), new(10, 10)], _sequence.PublishedUpTo(10).Ranges);
    }

    [Fact]
    public async Task Racing_connections_and_repairs_hand_out_every_id_exactly_once()
    {
        const int Ids = 20_000;
        var handedOut = new int[Ids];
        _sequence.Observe(0, out _);
        void Stream(int seed)
        {
            var random = new Random(seed);
            for (var id = 1; id < Ids; id++)
                if (random.Next(10) > 0 && _sequence.Observe(id, out _) is Observation.New or Observation.NewAfterGap)
                    Interlocked.Increment(ref handedOut[id]);
        }
        void Repair()
        {
            for (var round = 0; round < 200; round++)
                foreach (var range in _sequence.MissingWithin(new IdRange(0, Ids)))
                    if (_sequence.TryTake(range))
                        for (var id = range.First; id <= range.Last; id++) Interlocked.Increment(ref handedOut[id]);
        }

        await Task.WhenAll(Task.Run(() => Stream(1)), Task.Run(() => Stream(2)), Task.Run(Repair), Task.Run(Repair));
        _sequence.RaiseTo(Ids - 1);
        Repair();

        Assert.All(handedOut.Skip(1), count => Assert.Equal(1, count));
    }

    [Fact]
    public void The_set_of_ranges_behaves_as_a_set_of_ids()
    {
        var random = new Random(7);
        for (var run = 0; run < TestScale.Count(2000); run++)
        {
            var (ranges, ids) = (new IdRangeSet(), new SortedSet<long>());
            for (var step = 0; step < 30; step++)
            {
                var first = random.Next(60);
                var range = new IdRange(first, first + random.Next(12));
                var all = Enumerable.Range(first, (int)range.Count).Select(id => (long)id).ToList();
                if (random.Next(3) > 0)
                {
                    ranges.Add(range);
                    ids.UnionWith(all);
                }
                else
                {
                    ranges.Remove(range);
                    ids.ExceptWith(all);
                }
                Assert.Equal(ids, ranges.Ranges.SelectMany(Ids));
                Assert.Equal(all.Where(ids.Contains), ranges.Within(range).SelectMany(Ids));
                Assert.Equal(all.Where(id => !ids.Contains(id)), ranges.Outside(range).SelectMany(Ids));
                Assert.All(ranges.Ranges.Zip(ranges.Ranges.Skip(1)), pair => Assert.True(pair.First.Last + 1 < pair.Second.First));
            }
        }
    }

    private static IEnumerable<long> Ids(IdRange range)
    {
        for (var id = range.First; id <= range.Last; id++) yield return id;
    }
}
