using System.Diagnostics;
using Xunit;

namespace KioskFleet.TestKit.Tests;

public sealed class ServerProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Output_and_exit_code_of_a_child_are_kept()
    {
        await using var child = Shell("echo out; echo err >&2; exit 3");
        Assert.True(await child.WaitForExitAsync(Limit));
        Assert.Equal(3, child.ExitCode);
        Assert.Equal(["err", "out"], child.Log.Order());
    }

    [Fact]
    public async Task A_child_is_asked_to_end_and_may_clean_up()
    {
        await using var child = Shell("trap 'echo cleaned; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await child.WaitForLineAsync(line => line == "ready", Limit);
        await child.EndAsync();
        Assert.Equal((true, 0), (child.HasExited, child.ExitCode));
        Assert.Contains("cleaned", child.Log);
    }

    [Fact]
    public async Task A_frozen_child_does_nothing_until_it_is_thawed_and_can_be_ended_frozen()
    {
        await using var child = Shell("i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done");
        await child.WaitForLineAsync(line => line == "2", Limit);
        child.Freeze();
        await Task.Delay(100, Token);
        var frozenAt = child.Log.Count;
        await Task.Delay(150, Token);
        Assert.Equal(frozenAt, child.Log.Count);
        child.Thaw();
        await child.WaitForLineAsync(line => line == $"{frozenAt + 2}", Limit);
        child.Freeze();
        await child.EndAsync();
        Assert.True(child.HasExited);
    }

    [Fact]
    public async Task Waiting_for_a_line_that_cannot_come_any_more_ends_at_once_with_the_log()
    {
        await using var child = Shell("echo only this");
        var clock = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<TimeoutException>(
            () => child.WaitForLineAsync(line => line == "never", TimeSpan.FromMinutes(1)));
        Assert.Contains("only this", error.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Limit);
    }

    [Fact]
    public async Task A_killed_child_is_gone_when_the_call_returns_and_killing_again_is_harmless()
    {
        await using var child = Shell("exec sleep 60");
        child.Kill();
        Assert.True(child.HasExited);
        child.Kill();
        child.Freeze();
    }

    private static ServerProcess Shell(string script) => ServerProcess.Start("/bin/sh", ["-c", script]);
}
