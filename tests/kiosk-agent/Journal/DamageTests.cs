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

    private readonly record struct UnsentSale(string VendId, EntryOrigin? Origin, bool Salvaged);

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

            var unsent = Unsent(cabinet);
            AssertNothingDoubled(unsent);
            Assert.Equal("after0", unsent[^1].VendId);
            cabinet.Restart();
            Assert.Equal(unsent, Unsent(cabinet));
            if (cabinet.Journal.Id != id)
            {
                Assert.True(cabinet.Journal.Verify().IsWhole);
            }
        }, iter: 100, threads: 2);
    }

    [Fact]
    public void A_damaged_id_that_became_another_sales_is_carried_beside_it_and_said_to_be_unproven()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(1, "b-drink-");
        cabinet.Sell(1, "c-drink-");
        var (path, id) = (cabinet.CurrentPath, cabinet.Journal.Id);
        cabinet.RestartAfter(() => TestCabinet.FlipAt(path, "c-drink-0"));

        Assert.Equal(
            [
                new("b-drink-0", new EntryOrigin(id, 1), false),
                new UnsentSale("b-drink-0", new EntryOrigin(id, 2), true),
            ],
            Unsent(cabinet));
        Assert.Equal(id, Assert.IsType<SuccessionBody>(TestCabinet.Decode(TestCabinet.All(cabinet.Journal)[0]).Body)
            .Predecessor);
    }

    /// <summary>
    /// A vend id whose "7" became a "6" is another sale's id, and no doubled sale: its entry says that nothing proves
    /// it. Of what the chain proves, every id comes once; and no entry is carried twice.
    /// </summary>
    private static void AssertNothingDoubled(IReadOnlyList<UnsentSale> unsent)
    {
        var proven = unsent.Where(s => !s.Salvaged).Select(s => s.VendId).ToList();
        Assert.Equal(proven.Distinct(), proven);
        var origins = unsent.Select(s => s.Origin).OfType<EntryOrigin>().ToList();
        Assert.Equal(origins.Distinct(), origins);
    }

    private static List<UnsentSale> Unsent(TestCabinet cabinet) =>
    [
        .. from entry in cabinet.Journal.Read(cabinet.Journal.Facts.Committed.Seq, int.MaxValue, int.MaxValue)
           let decoded = TestCabinet.Decode(entry)
           where decoded.Body is SaleBody
           select new UnsentSale(((SaleBody)decoded.Body!).VendId, decoded.Header.Origin,
               decoded.Header.Marks.HasFlag(EntryMarks.Salvaged)),
    ];

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
