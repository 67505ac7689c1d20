using KioskFleet.Agent.Settings;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Agent.Tests.Clock;
using KioskFleet.Agent.Tests.Uplink;
using KioskFleet.Protocol;
using KioskFleet.Protocol.Telemetry;
using KioskFleet.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

/// <summary>Real files and real programs.</summary>
public sealed class SourceTests : IDisposable
{
    private const string Four = """{"temperatures":[{"milliCelsius":4000}]}""";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly TemporaryFolder _folder = new("sources");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private string Script(string text)
    {
        var path = _folder.Write($"probe-{Directory.GetFiles(_folder.Path).Length}.sh", "#!/bin/sh\n" + text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_000_000);
        }

        return path;
    }

    private static CommandSource Command(string path, double seconds = 10) =>
        new(path, Soon, TimeSpan.FromSeconds(seconds), TimeProvider.System);

    private static int DegreesOf(SourceOutcome outcome) => Assert.IsType<TelemetryReading.Temperature>(
        Assert.Single(Assert.IsType<SourceOutcome.Told>(outcome).Readings)).MilliCelsius;

    private static string WhyOf(SourceOutcome outcome) => Assert.IsType<SourceOutcome.Failed>(outcome).Why;

    [Fact]
    public async Task A_file_is_read_when_it_changed_and_says_what_was_when_it_was_written()
    {
        var path = _folder.Write("t.json", Four);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-90));
        var source = new FileSource(path, Soon, TimeProvider.System);
        var first = await source.NextAsync(Stop);
        Assert.Equal(4_000, DegreesOf(first));
        Assert.InRange(((SourceOutcome.Told)first).AgeMs, 89_000, 120_000);

        var next = source.NextAsync(Stop);
        await Task.Delay(100, Stop);
        Assert.False(next.IsCompleted);
        File.Move(_folder.Write("t.new", Four.Replace("4000", "5000", StringComparison.Ordinal)), path, true);
        Assert.Equal(5_000, DegreesOf(await next));
    }

    [Fact]
    public async Task A_file_half_written_missing_or_too_long_is_named_and_read_again()
    {
        var path = _folder.File("t.json");
        var source = new FileSource(path, Soon, TimeProvider.System);
        Assert.Contains("does not exist", WhyOf(await source.NextAsync(Stop)), StringComparison.Ordinal);
        _folder.Write("t.json", Four[..10]);
        Assert.Contains("no JSON", WhyOf(await source.NextAsync(Stop)), StringComparison.Ordinal);
        _folder.Write("t.json", "{\n junk");
        Assert.Equal($"{path}: is no JSON in line 2 at byte 2; takes one JSON object",
            WhyOf(await source.NextAsync(Stop)));
        _folder.Write("t.json", new string(' ', Limits.MaxTelemetryBytes + 1));
        Assert.Contains("16385 bytes", WhyOf(await source.NextAsync(Stop)), StringComparison.Ordinal);
        _folder.Write("t.json", Four);
        Assert.Equal(4_000, DegreesOf(await source.NextAsync(Stop)));
    }

    [Fact]
    public async Task What_is_older_than_this_boot_is_not_told_on()
    {
        var clock = new SteppedClock();
        var desk = new TelemetryDesk(clock);
        var reading = new TelemetryReading.Temperature("main", 1);
        Assert.True(desk.Take("file", new SourceOutcome.Told([reading], clock.MonotonicMs + 1)));
        Assert.Empty(desk.Cut(full: true));
        Assert.Contains("older than this boot", desk.Sources[0].LastError, StringComparison.Ordinal);
        desk.Take("file", new SourceOutcome.Told([reading], 400));
        Assert.Equal(clock.MonotonicMs - 400, Assert.Single(desk.Cut(full: true)).Time.MonotonicMs);
        await Task.CompletedTask;
    }

    [Fact]
    public void Of_stock_a_source_knows_better_and_of_itself_the_agent()
    {
        var desk = new TelemetryDesk(new SteppedClock());
        TelemetryReading Slot(string slot, int pieces) => new TelemetryReading.Stock(slot, pieces, null, "");
        var agent = new TelemetryReading.Agent("1", 1);
        desk.Take("push", new SourceOutcome.Told([Slot("A1", 3), new TelemetryReading.Agent("9", 9)], 0));
        desk.TakeOwn([Slot("A1", 8), Slot("A2", 7), agent]);
        Assert.Equal([Slot("A1", 3), Slot("A2", 7), agent], desk.Known.Select(known => known.Reading));
    }

    [Fact]
    public void Ever_new_names_of_a_source_keep_no_slot_of_the_agent_away_and_fill_no_memory()
    {
        var clock = new SteppedClock();
        var desk = new TelemetryDesk(clock);
        TelemetryReading Slot(string slot, int pieces) => new TelemetryReading.Stock(slot, pieces, null, "");
        for (var round = 0; round < 20; round++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            desk.Take("push", new SourceOutcome.Told(
                [.. Enumerable.Range(0, Limits.MaxTelemetrySlots).Select(i => Slot($"{round}-{i}", 1))], 0));
        }

        desk.TakeOwn([Slot("A1", 3), Slot("7-7", 4)]);
        Assert.Equal(Limits.MaxTelemetrySlots, desk.Known.Count);
        Assert.Contains(Slot("A1", 3), desk.Known.Select(known => known.Reading));
        Assert.Contains(Slot("7-7", 4), desk.Known.Select(known => known.Reading));
        desk.Take("push", new SourceOutcome.Told([Slot("A1", 2)], 0));
        Assert.Contains(Slot("A1", 2), desk.Known.Select(known => known.Reading));
    }

    [Fact]
    public async Task A_file_that_was_not_taken_is_brought_again_though_it_never_changes()
    {
        var path = _folder.Write("t.json", Four);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-90));
        await using var agent = new LinkedAgent(
            null, telemetry: new TelemetrySettings { File = path, FilePollSeconds = 1 });
        await agent.StartAsync();
        var desk = agent.Services.GetRequiredService<TelemetryDesk>();
        await agent.UntilAsync(() => desk.Sources is [{ LastError.Length: > 0 }], "the file was refused");
        agent.Advance(TimeSpan.FromHours(1));
        await agent.UntilAsync(() => desk.Sources is [{ LastError.Length: 0 }], "the file was taken");
        Assert.Contains(new TelemetryReading.Temperature("main", 4_000), desk.Known.Select(known => known.Reading));
    }

    [Fact]
    public async Task A_command_is_run_again_and_again()
    {
        var counter = _folder.File("count");
        var source = Command(Script($"echo x >> {counter}\necho '{Four}'"));
        Assert.Equal(4_000, DegreesOf(await source.NextAsync(Stop)));
        Assert.Equal(4_000, DegreesOf(await source.NextAsync(Stop)));
        Assert.Equal(2, (await File.ReadAllLinesAsync(counter, Stop)).Length);
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_with_what_it_began()
    {
        var mark = _folder.File("mark");
        var source = Command(Script($"(sleep 2; echo late > {mark}) &\nsleep 60"), seconds: 0.3);
        Assert.Contains("ran longer than 0.3 s", WhyOf(await source.NextAsync(Stop)), StringComparison.Ordinal);
        await Task.Delay(2_300, Stop);
        Assert.False(File.Exists(mark));
    }

    [Theory]
    [InlineData("sleep 60 &")]
    [InlineData("setsid sleep 60 &")]
    [InlineData("(sleep 60 & sleep 60 &) &")]
    public async Task What_a_command_leaves_behind_is_ended_and_what_it_printed_counts(string left)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc.");
        var ids = _folder.File("ids");
        var source = Command(Script(
            $"echo '{Four}'\n{left.Replace("60 &", $"60 & echo $! >> {ids};", StringComparison.Ordinal)}\nexit 0"), 5);
        var began = TimeProvider.System.GetTimestamp();
        Assert.Equal(4_000, DegreesOf(await source.NextAsync(Stop)));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 4);
        await Task.Delay(200, Stop);
        foreach (var id in await File.ReadAllLinesAsync(ids, Stop))
        {
            var line = $"/proc/{id}/cmdline";
            Assert.True(!File.Exists(line) || (await File.ReadAllTextAsync(line, Stop)).Length == 0, $"{id} runs on");
        }
    }

    [Fact]
    public async Task A_command_that_fails_prints_nonsense_or_too_much_is_named_with_the_cause()
    {
        Assert.Contains("ended with 3: no sensor",
            WhyOf(await Command(Script("echo no sensor >&2; exit 3")).NextAsync(Stop)), StringComparison.Ordinal);
        Assert.Contains("no JSON", WhyOf(await Command(Script("echo hot")).NextAsync(Stop)), StringComparison.Ordinal);
        Assert.Contains("more than 16384 bytes", WhyOf(await Command(Script("yes")).NextAsync(Stop)),
            StringComparison.Ordinal);
        Assert.Contains("ended with 1", WhyOf(await Command(Script("yes >&2 & sleep 0.3; kill $!; exit 1"))
            .NextAsync(Stop)), StringComparison.Ordinal);
        Assert.Contains("cannot be started", WhyOf(await Command(_folder.File("nothing")).NextAsync(Stop)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_pushes_the_newest_are_kept()
    {
        var source = new PushSource();
        for (var i = 0; i < 100; i++)
        {
            source.Push([new TelemetryReading.Temperature("main", i)]);
        }

        Assert.Equal(100 - PushSource.MaxWaiting, DegreesOf(await source.NextAsync(Stop)));
    }
}
