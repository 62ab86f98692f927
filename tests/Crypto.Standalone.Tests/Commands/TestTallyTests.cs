using Crypto.Standalone.Commands;

namespace Crypto.Standalone.Tests.Commands;

/// <summary>The counts of many test projects in one line, in which no failure is lost.</summary>
public sealed class TestTallyTests
{
    private const string Green = "Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, Duration: 91 ms - Crypto.Some.Tests.dll (net10.0)";
    private const string Red = "Failed!  - Failed:     2, Passed:   105, Skipped:     1, Total:   108, Duration: 3 s - Crypto.Other.Tests.dll (net10.0)";

    private readonly TestTally _tally = new();

    [Fact]
    public void The_counts_of_all_projects_are_added()
    {
        _tally.Add(["some output", Green], 0);
        _tally.Add([Red], 1);
        _tally.Add([Green, ""], 0);

        Assert.Equal("129 passed, 2 failed, 1 skipped", _tally.ToString());
        Assert.False(_tally.IsGreen);
    }

    [Fact]
    public void Nothing_skipped_is_not_mentioned()
    {
        _tally.Add([Green], 0);

        Assert.Equal("12 passed, 0 failed", _tally.ToString());
        Assert.True(_tally.IsGreen);
    }

    [Fact]
    public void A_test_host_that_died_before_it_could_count_is_a_failure()
    {
        _tally.Add([Green], 0);
        _tally.Add(["The active test run was aborted. Reason: Test host process crashed"], 1);

        Assert.Equal("12 passed, 1 failed", _tally.ToString());
        Assert.False(_tally.IsGreen);
    }

    [Fact]
    public void A_test_host_that_died_after_tests_which_passed_is_a_failure_too()
    {
        _tally.Add(["The active test run was aborted. Reason: Test host process crashed", Green.Replace("Passed!", "Failed!", StringComparison.Ordinal)], 1);

        Assert.Equal("12 passed, 1 failed", _tally.ToString());
        Assert.False(_tally.IsGreen);
    }

    [Fact]
    public void A_project_without_tests_for_this_machine_counts_nothing()
    {
        _tally.Add(["No test is available in Crypto.Some.Tests.dll."], 0);

        Assert.Equal("0 passed, 0 failed", _tally.ToString());
    }

    [Fact]
    public void A_run_in_which_nothing_passed_is_not_green() => Assert.False(_tally.IsGreen);

    [Fact]
    public void A_test_that_prints_what_looks_like_a_summary_is_not_counted_twice()
    {
        _tally.Add([Red, "  some more output", Green], 0);

        Assert.Equal("12 passed, 0 failed", _tally.ToString());
    }
}
