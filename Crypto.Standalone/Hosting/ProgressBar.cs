using System.Diagnostics;
using System.Globalization;

namespace Crypto.Standalone.Hosting;

/// <summary>One line that says how far something has come; where nobody watches, a line every tenth of the way.</summary>
internal sealed class ProgressBar(string what, TextWriter output, bool isWatched)
{
    private const int Width = 30;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(200);
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _drawnAt;
    private int _lastTenth = -1;

    /// <summary>Draws the line, not more often than an eye can follow.</summary>
    public void Show(long done, long total)
    {
        var isOver = done >= total;
        if (isWatched)
        {
            if (!isOver && Stopwatch.GetElapsedTime(_drawnAt) < Every) return;
            _drawnAt = Stopwatch.GetTimestamp();
            output.Write($"\r{Line(done, total)}   ");
            return;
        }
        var tenth = total == 0 ? 10 : (int)(done * 10 / total);
        if (tenth == _lastTenth) return;
        _lastTenth = tenth;
        output.WriteLine(Line(done, total));
    }

    /// <summary>Ends the line.</summary>
    public void End()
    {
        if (isWatched) output.WriteLine();
    }

    internal string Line(long done, long total)
    {
        var share = total == 0 ? 1 : (double)done / total;
        var full = (int)(share * Width);
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var left = done > 0 && done < total ? string.Create(CultureInfo.InvariantCulture, $", {seconds * (total - done) / done:0} s left") : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"[{new string('#', full)}{new string('-', Width - full)}] {share * 100,3:0} %  {done:N0} of {total:N0} {what}{left}");
    }
}
