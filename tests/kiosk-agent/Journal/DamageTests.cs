using CsCheck;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Journal;

/// <summary>Files damaged in ways nobody thought of.</summary>
public sealed class DamageTests
{
    private const int Sales = 60;
    private const int Committed = 10;

    private enum Harm
    {
        FlipBits,
        Truncate,
        ZeroBlock,
        RandomBlock,
        Append,
    }

    private readonly record struct Blow(Harm Harm, double Where, int Size, int Seed);

    private static readonly Gen<Blow[]> Blows = Gen.Select(
        Gen.Int[0, 4], Gen.Double[0, 0.999], Gen.Int[1, 6_000], Gen.Int,
        (harm, where, size, seed) => new Blow((Harm)harm, where, size, seed)).Array[1, 3];

    [Fact]
    public void Whatever_happened_to_the_file_the_agent_starts_sells_and_doubles_nothing()
    {
        Blows.Sample(blows =>
        {
            using var cabinet = new TestCabinet();
            cabinet.Sell(Sales);
            cabinet.Commit(Committed);
            var (path, id) = (cabinet.CurrentPath, cabinet.Journal.Id);
            cabinet.RestartAfter(() => File.WriteAllBytes(path, blows.Aggregate(File.ReadAllBytes(path), Strike)));
            cabinet.Sell(1, "after");

            var ids = Unsent(cabinet);
            Assert.Equal(ids.Distinct(), ids);
            Assert.Equal("after0", ids[^1]);
            cabinet.Restart();
            Assert.Equal(ids, Unsent(cabinet));
            if (cabinet.Journal.Id != id)
            {
                Assert.True(cabinet.Journal.Verify().IsWhole);
            }
        }, iter: 100, threads: 2);
    }

    private static List<string> Unsent(TestCabinet cabinet) =>
        [.. cabinet.Journal.Read(cabinet.Journal.Facts.Committed.Seq, int.MaxValue, int.MaxValue)
            .Select(e => TestCabinet.Decode(e).Body).OfType<SaleBody>().Select(s => s.VendId)];

    private static byte[] Strike(byte[] file, Blow blow)
    {
        var at = (int)(blow.Where * file.Length);
        var size = Math.Min(blow.Size, file.Length - at);
        var random = new Random(blow.Seed);
        switch (blow.Harm)
        {
            case Harm.FlipBits:
                for (var i = 0; i < 4 && file.Length > 0; i++)
                {
                    file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                }

                return file;
            case Harm.Truncate:
                return file[..at];
            case Harm.ZeroBlock:
                Array.Clear(file, at, size);
                return file;
            case Harm.RandomBlock:
                random.NextBytes(file.AsSpan(at, size));
                return file;
            default:
                return [.. file, .. new byte[blow.Size]];
        }
    }
}
