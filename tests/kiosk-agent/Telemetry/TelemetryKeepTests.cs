using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Telemetry;
using KioskFleet.Protocol.Identity;
using KioskFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Agent.Tests.Telemetry;

/// <summary>The store on a real file, and what becomes of it when the disk fills.</summary>
public sealed class TelemetryKeepTests : IDisposable
{
    private const long MaxBytes = 1 << 20;

    private readonly TemporaryFolder _folder = new("telemetry");
    private readonly JournalOptions _journal;
    private long _free = long.MaxValue / 2;

    public TelemetryKeepTests() => _journal = new JournalOptions { DataDirectory = _folder.Path };

    private string File => _folder.File("telemetry/samples.db");

    public void Dispose() => _folder.Dispose();

    private static (BootId, byte[]) Sample(int number, int bytes = 1_000)
    {
        var content = new byte[bytes];
        BitConverter.TryWriteBytes(content, number);
        return (new BootId(7), content);
    }

    private TelemetryKeep Keep() => new(
        File, MaxBytes, new SpaceGuard(_journal, () => _free), NullLogger.Instance);

    private static IEnumerable<int> Numbers(TelemetryKeep keep, int count) =>
        keep.Newest(count).Select(sample => BitConverter.ToInt32(sample.Bytes));

    private long OnDisk() => Directory.GetFiles(Path.GetDirectoryName(File)!).Sum(path => new FileInfo(path).Length);

    [Fact]
    public void The_oldest_give_way_and_the_files_never_take_more_than_the_limit()
    {
        using var keep = Keep();
        for (var i = 0; i < 3_000; i++)
        {
            keep.Add([Sample(i, 200 + i % 3_000)]);
            Assert.InRange(OnDisk(), 0, MaxBytes);
            Assert.InRange(keep.Waiting, Math.Min(i + 1, 100), 500);
        }

        Assert.Equal([2_999, 2_998, 2_997], Numbers(keep, 3));
        Assert.Equal(3_000, keep.Waiting + keep.Dropped);
        Assert.False(keep.IsShed);
    }

    [Fact]
    public void What_waits_is_there_after_a_restart_and_what_was_sent_is_not()
    {
        using (var keep = Keep())
        {
            keep.Add([Sample(1), Sample(2), Sample(3)]);
            keep.Remove([keep.Newest(1)[0].Number]);
            Assert.Equal(2, keep.Waiting);
        }

        using var again = Keep();
        again.Add([Sample(4)]);
        Assert.Equal([4, 2, 1], Numbers(again, 9));
        Assert.Equal(new BootId(7), again.Newest(1)[0].Boot);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000)]
    public void A_damaged_file_is_begun_anew(int at)
    {
        using (var keep = Keep())
        {
            keep.Add([.. Enumerable.Range(0, 50).Select(i => Sample(i))]);
        }

        var bytes = System.IO.File.ReadAllBytes(File);
        bytes.AsSpan(at, Math.Min(9_000, bytes.Length - at)).Fill(0xA5);
        System.IO.File.WriteAllBytes(File, bytes);
        using var damaged = Keep();
        for (var i = 0; i < 5; i++)
        {
            damaged.Add([Sample(100 + i)]);
            damaged.Newest(100);
        }

        Assert.False(damaged.IsShed);
        Assert.Equal(104, Numbers(damaged, 1).Single());
        damaged.Dispose();
        using var again = Keep();
        again.Add([Sample(200)]);
        Assert.Equal([200, 104], Numbers(again, 2));
    }

    [Fact]
    public void It_gives_way_while_every_vend_can_still_be_approved()
    {
        using var keep = Keep();
        keep.Add([Sample(1)]);
        Assert.True(System.IO.File.Exists(File));

        _free = _journal.MinFreeBytes + new SpaceGuard(_journal).ReserveBytes + MaxBytes - 1;
        for (var i = 2; i < 50; i++)
        {
            keep.Add([Sample(i)]);
        }

        Assert.True(keep.IsShed);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(File)!));
        Assert.True(SpaceGuard.MayApprove(true, _free, 0, _journal));
        Assert.Equal(Enumerable.Range(50 - TelemetryKeep.MaxInMemory, TelemetryKeep.MaxInMemory).Reverse(),
            Numbers(keep, 100));
        Assert.Equal(49, keep.Waiting + keep.Dropped);

        _free++;
        keep.Add([Sample(50)]);
        Assert.False(keep.IsShed);
        Assert.True(System.IO.File.Exists(File));
        Assert.Equal([50, 49, 48], Numbers(keep, 3));
        keep.Remove([.. keep.Newest(100).Select(sample => sample.Number)]);
        Assert.Equal(0, keep.Waiting);
    }
}
