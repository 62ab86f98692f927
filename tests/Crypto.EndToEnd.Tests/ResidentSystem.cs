using System.Text;
using Crypto.Standalone.Commands;
using Crypto.Testing;

namespace Crypto.EndToEnd.Tests;

/// <summary>
/// <c>crypto ARGUMENTS</c> within the tests' own process, one at a time. A system that nobody kills needs no process of its own,
/// and most of what a short one spends is the compilation of code that is compiled here already.
/// </summary>
internal sealed class ResidentSystem : StandaloneSystem
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _signal = new();
    private readonly Printed _printed = new();
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly Task<int> _run;

    private ResidentSystem(string[] arguments) : base(arguments)
    {
        Console.SetOut(_printed);
        Console.SetError(_printed);
        _run = Task.Run(() => CommandLine.RunAsync(arguments, _signal.Token));
    }

    public override bool HasExited => _run.IsCompleted;

    public override int ExitCode => _run.GetAwaiter().GetResult();

    public override string Output => _printed.ToString();

    public static ResidentSystem Start(string[] arguments) => new(arguments);

    public override async Task<int> StopAsync(TimeSpan within)
    {
        await _signal.CancelAsync();
        try
        {
            return await _run.WaitAsync(within);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the system did not stop within {within}:\n{Output}");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        try
        {
            await StopAsync(EndsWithin);
        }
        finally
        {
            Console.SetOut(_out);
            Console.SetError(_error);
            _signal.Dispose();
        }
    }

    private sealed class Printed : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(string? value)
        {
            lock (_text) _text.Append(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            lock (_text) _text.Append(buffer, index, count);
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }
    }
}
