using KioskFleet.Simulators.Terminal;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;
using Xunit;

namespace KioskFleet.Simulators.Tests.Terminal;

public sealed class ProgressBoardTests
{
    [Fact]
    public async Task Redirected_output_gets_plain_lines_and_the_last_state()
    {
        using var output = new StringWriter();
        var committed = 0L;
        var time = new FakeTimeProvider();
        var work = new TaskCompletionSource<int>();
        var board = new ProgressBoard(Console(output, interactive: false), time, new ProgressBoardOptions());
        var shown = board.ShowAsync(work.Task, () => State(committed));
        committed = 40;
        time.Advance(TimeSpan.FromSeconds(5));
        await WaitFor(() => output.ToString().Contains("40 committed", StringComparison.Ordinal));
        committed = 100;
        work.SetResult(7);
        Assert.Equal(7, await shown);
        Assert.Equal(
            "selling: 0 committed of 100 recorded of 100 expected, 12.34 yuan, aid share 50.00 %\n"
            + "selling: 40 committed of 100 recorded of 100 expected, 12.34 yuan, aid share 50.00 %\n"
            + "selling: 100 committed of 100 recorded of 100 expected, 12.34 yuan, aid share 50.00 %\n",
            output.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_state_that_has_not_changed_is_not_said_again()
    {
        using var output = new StringWriter();
        var board = new ProgressBoard(Console(output, interactive: false),
            TimeProvider.System, new ProgressBoardOptions());
        var work = new TaskCompletionSource<int>();
        var shown = board.ShowAsync(work.Task, () => State(1));
        work.SetResult(0);
        await shown;
        Assert.Equal(1, output.ToString().Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_terminal_gets_a_table_with_a_row_per_county()
    {
        using var output = new StringWriter();
        var board = new ProgressBoard(Console(output, interactive: true),
            TimeProvider.System, new ProgressBoardOptions());
        await board.ShowAsync(Task.Delay(50, TestContext.Current.CancellationToken).ContinueWith(
            _ => 0, TestContext.Current.CancellationToken, TaskContinuationOptions.None,
                TaskScheduler.Default), () => State(50));
        Assert.Contains("定远县 [x]", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("━━━━━━━━━━··········", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exception_of_the_work_reaches_the_caller_after_the_last_state()
    {
        using var output = new StringWriter();
        var board = new ProgressBoard(Console(output, interactive: false),
            TimeProvider.System, new ProgressBoardOptions());
        var failing = Task.FromException<int>(new InvalidOperationException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => board.ShowAsync(failing, () => State(3)))).Message);
        Assert.Contains("3 committed", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0L, 0, "-")]
    [InlineData(0L, -1, "-")]
    [InlineData(null, 100, "-")]
    [InlineData(0L, 100, "0.00 %")]
    [InlineData(4_999_999L, 10_000_000, "49.99 %")]
    [InlineData(1L, 1, "100.00 %")]
    [InlineData(long.MaxValue, long.MaxValue, "100.00 %")]
    public void A_share_is_cut_and_never_rounded_up_to_the_threshold(long? aid, long total, string text) =>
        Assert.Equal(
            text, ProgressTable.Share(new CountyProgress { Code = "", Name = "", AidFen = aid, TotalFen = total }));

    [Fact]
    public void The_proof_holds_only_when_every_figure_does()
    {
        using var output = new StringWriter();
        var console = Console(output, interactive: false);
        Assert.True(ResultScreen.WriteProof(console,
            [new ProofLine("lost", "0", true), new ProofLine("recorded", "9", null)]));
        Assert.False(ResultScreen.WriteProof(console,
            [new ProofLine("lost", "1", false), new ProofLine("doubled", "0", true)]));
        Assert.Contains("NO", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_standings_show_each_county_with_its_figures()
    {
        using var output = new StringWriter();
        ResultScreen.WriteStandings(Console(output, interactive: false),
        [
            new CountyResult
            {
                Code = "341125", Name = "定远县", Cabinets = 415, AidFen = 600, TotalFen = 1_000,
                Compliant = 400, AtRisk = 5, Breach = 7, NoData = 3,
            },
        ]);
        Assert.Matches("定远县 +│ +415 │ +6.00 │ +10.00 │ +60.00 % │ +400 │ +5 │ +7 │ +3", output.ToString());
    }

    private static ProgressSnapshot State(long committed) => new("selling",
    [
        new CountyProgress
        {
            Code = "341125", Name = "定远县 [x]", Cabinets = 2, Expected = 100, Recorded = 100, Committed = committed,
            AidFen = 617, TotalFen = 1_234,
        },
    ]);

    private static IAnsiConsole Console(StringWriter output, bool interactive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = interactive ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = interactive ? InteractionSupport.Yes : InteractionSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new FixedOutput(output, interactive),
        });
        return console;
    }

    private static async Task WaitFor(Func<bool> condition)
    {
        for (var i = 0; i < 500 && !condition(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private sealed class FixedOutput(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => 160;

        public int Height => 50;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
