using Spectre.Console;

namespace KioskFleet.Simulators.Terminal;

/// <summary>
/// Shows a run's progress while it works: a live table on a terminal, plain lines where output is redirected. The
/// board only looks; the run neither waits for it nor fails with it.
/// </summary>
internal sealed class ProgressBoard
{
    private readonly IAnsiConsole _console;
    private readonly TimeProvider _time;
    private readonly ProgressBoardOptions _options;

    /// <summary>A board on the console.</summary>
    public ProgressBoard(IAnsiConsole console, TimeProvider time, ProgressBoardOptions options)
    {
        _console = console;
        _time = time;
        _options = options;
    }

    /// <summary>Shows progress until the work ends, the last state included, and hands its result on.</summary>
    /// <param name="work">The run; its exception is thrown to the caller after the last state is shown.</param>
    /// <param name="read">The state now; called from one thread at a time, and must not block.</param>
    public async Task<T> ShowAsync<T>(Task<T> work, Func<ProgressSnapshot> read)
    {
        if (_console.Profile.Out.IsTerminal && _console.Profile.Capabilities.Interactive)
        {
            await _console.Live(ProgressTable.Render(read())).StartAsync(async live =>
            {
                await WhileWorkingAsync(work, _options.LiveInterval,
                    () => live.UpdateTarget(ProgressTable.Render(read())));
            });
        }
        else
        {
            var last = "";
            await WhileWorkingAsync(work, _options.PlainInterval, () =>
            {
                var line = ProgressTable.Line(read());
                if (line != last)
                {
                    _console.Profile.Out.Writer.WriteLine(line);
                    _console.Profile.Out.Writer.Flush();
                    last = line;
                }
            });
        }

        return await work;
    }

    private async Task WhileWorkingAsync(Task work, TimeSpan interval, Action show)
    {
        using var timer = new PeriodicTimer(interval, _time);
        while (!work.IsCompleted)
        {
            show();
            // The end of the work is not awaited for its outcome here: the caller does that once.
            var tick = timer.WaitForNextTickAsync().AsTask();
            await Task.WhenAny(work, tick);
        }

        show();
    }
}

/// <summary>How often a board looks. Immutable.</summary>
internal sealed record ProgressBoardOptions
{
    /// <summary>Between two pictures of the live table. Default 250 ms.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two plain lines. Default 5 s.</summary>
    public TimeSpan PlainInterval { get; init; } = TimeSpan.FromSeconds(5);
}
