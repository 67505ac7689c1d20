using CsCheck;
using KioskFleet.Simulators.PowerLoss;
using Xunit;

namespace KioskFleet.Simulators.Tests.PowerLoss;

public sealed class FileImageTests
{
    private const int MaxOffset = 3_000;

    private abstract record Step
    {
        internal sealed record Write(int Offset, byte[] Bytes) : Step;

        internal sealed record Truncate(int Size) : Step;

        internal sealed record Sync : Step;
    }

    private static readonly Gen<Step> s_write =
        Gen.Select(Gen.Int[0, MaxOffset], Gen.Byte[1, 255].Array[1, 1_500])
            .Select((offset, bytes) => (Step)new Step.Write(offset, bytes));

    private static readonly Gen<Step[]> s_steps = Gen.Frequency(
        (6, s_write),
        (1, Gen.Int[0, MaxOffset].Select(size => (Step)new Step.Truncate(size))),
        (1, Gen.Const((Step)new Step.Sync()))).Array[0, 20];

    /// <summary>Performs the steps; also gives each content the file had since the last sync, newest last.</summary>
    private static (FileImage Image, List<byte[]> Versions) Perform(Step[] steps)
    {
        FileImage image = new([]);
        List<byte[]> versions = [[]];
        foreach (Step step in steps)
        {
            byte[] now = versions[^1];
            switch (step)
            {
                case Step.Write write:
                    image.Write(write.Offset, write.Bytes);
                    now = Resized(now, Math.Max(now.Length, write.Offset + write.Bytes.Length));
                    write.Bytes.CopyTo(now, write.Offset);
                    versions.Add(now);
                    break;
                case Step.Truncate truncate:
                    image.Truncate(truncate.Size);
                    versions.Add(Resized(now, truncate.Size));
                    break;
                default:
                    image.MakeDurable(image.LastOrdinal);
                    versions = [now];
                    break;
            }
        }

        return (image, versions);
    }

    private static byte[] Resized(byte[] bytes, int size)
    {
        byte[] resized = new byte[size];
        bytes.AsSpan(0, Math.Min(size, bytes.Length)).CopyTo(resized);
        return resized;
    }

    private static byte[] After(FileImage image, CutSurvival survival, int seed) =>
        new CutPlan(survival, seed).FilesAfter([new NameSnapshot("f", [image.Snapshot()])])["f"].Span.ToArray();

    [Fact]
    public void After_a_cut_that_saves_nothing_the_file_is_as_last_synced() => s_steps.Sample(steps =>
    {
        (FileImage image, List<byte[]> versions) = Perform(steps);
        Assert.Equal(versions[0], After(image, CutSurvival.Nothing, 1));
    });

    [Fact]
    public void After_a_cut_that_saves_everything_the_file_is_as_the_program_saw_it() => s_steps.Sample(steps =>
    {
        (FileImage image, List<byte[]> versions) = Perform(steps);
        Assert.Equal(versions[^1], After(image, CutSurvival.Everything, 1));
    });

    [Fact]
    public void After_a_cut_that_keeps_the_order_the_file_is_one_that_the_program_saw() =>
        Gen.Select(s_steps, Gen.Int).Sample((steps, seed) =>
        {
            (FileImage image, List<byte[]> versions) = Perform(steps);
            byte[] after = After(image, CutSurvival.Prefix, seed);
            Assert.Contains(versions, version => version.AsSpan().SequenceEqual(after));
        });

    [Fact]
    public void After_any_cut_each_byte_is_one_that_stood_there_since_the_last_sync_or_zero() =>
        Gen.Select(s_steps, Gen.Int).Sample((steps, seed) =>
        {
            (FileImage image, List<byte[]> versions) = Perform(steps);
            byte[] after = After(image, CutPlan.FromSeed(seed).Survival, seed);
            Assert.InRange(after.Length, 0, versions.Max(version => version.Length));
            for (int i = 0; i < after.Length; i++)
            {
                Assert.True(after[i] == 0 || versions.Exists(v => i < v.Length && v[i] == after[i]), $"byte {i}");
            }
        });

    [Fact]
    public void A_write_is_torn_at_sector_boundaries_only_and_really_is_torn()
    {
        FileImage image = new(new byte[4_096]);
        byte[] ones = new byte[4_096];
        Array.Fill(ones, (byte)1);
        image.Write(0, ones);
        int torn = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            byte[] after = After(image, CutSurvival.Torn, seed);
            byte[][] sectors = [.. after.Chunk(PowerLossLimits.SectorBytes)];
            Assert.All(sectors, sector => Assert.Single(sector.Distinct()));
            torn += after.Distinct().Count() == 2 ? 1 : 0;
        }

        Assert.InRange(torn, 50, 200);
    }

    [Fact]
    public void A_later_write_may_survive_an_earlier_one_that_is_lost()
    {
        FileImage image = new([]);
        image.Write(0, [1]);
        image.Write(512, [2]);
        Assert.Contains(
            Enumerable.Range(0, 200).Select(seed => After(image, CutSurvival.Subset, seed)),
            after => after.Length == 513 && after[0] == 0 && after[512] == 2);
    }

    [Fact]
    public void Of_two_writes_to_one_place_the_older_may_be_what_stays()
    {
        FileImage image = new([]);
        image.Write(0, [1]);
        image.Write(0, [2]);
        byte[][] results = [.. Enumerable.Range(0, 200).Select(seed => After(image, CutSurvival.Subset, seed))];
        Assert.Contains(results, after => after is [1]);
        Assert.Contains(results, after => after is [2]);
        Assert.Contains(results, after => after is []);
    }

    [Fact]
    public void Of_two_writes_that_overlap_the_older_may_reach_the_disk_last()
    {
        FileImage image = new([]);
        image.Write(0, [1]);
        image.Write(0, [2, 2]);
        Assert.Contains(
            Enumerable.Range(0, 200).Select(seed => After(image, CutSurvival.Subset, seed)),
            after => after is [1, 2]);
    }

    [Fact]
    public void A_write_made_while_a_sync_runs_is_not_covered_by_it()
    {
        FileImage image = new([]);
        image.Write(0, [1]);
        long started = image.LastOrdinal;
        image.Write(1, [2]);
        image.MakeDurable(started);
        Assert.Equal([1], After(image, CutSurvival.Nothing, 1));
    }

    [Fact]
    public void A_file_beyond_its_limit_has_no_room()
    {
        FileImage image = new([]);
        Assert.True(image.HasRoomFor(PowerLossLimits.MaxFileBytes - 1, 1));
        Assert.False(image.HasRoomFor(PowerLossLimits.MaxFileBytes, 1));
    }
}
