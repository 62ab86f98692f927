using System.Text.RegularExpressions;

namespace Crypto.Standalone.Commands;

/// <summary>The counts of all test projects, from what <c>dotnet test</c> prints.</summary>
internal sealed partial class TestTally
{
    private int _passed;
    private int _failed;
    private int _skipped;

    /// <summary>Something passed and nothing failed.</summary>
    public bool IsGreen => _failed == 0 && _passed > 0;

    /// <summary>Adds the counts of one project's run.</summary>
    public void Add(IReadOnlyList<string> lines, int exitCode)
    {
        var summary = lines.Select(line => Summary().Match(line)).LastOrDefault(match => match.Success);
        var failed = 0;
        if (summary is not null)
        {
            failed = int.Parse(summary.Groups[1].ValueSpan, provider: null);
            _passed += int.Parse(summary.Groups[2].ValueSpan, provider: null);
            _skipped += int.Parse(summary.Groups[3].ValueSpan, provider: null);
        }
        // A test host that died before it could count all is a failure, though every test that it counted passed.
        _failed += failed == 0 && exitCode != 0 ? 1 : failed;
    }

    public override string ToString() =>
        _skipped == 0 ? $"{_passed} passed, {_failed} failed" : $"{_passed} passed, {_failed} failed, {_skipped} skipped";

    [GeneratedRegex(@"Failed:\s*(\d+), Passed:\s*(\d+), Skipped:\s*(\d+)")]
    private static partial Regex Summary();
}
