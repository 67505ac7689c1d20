using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Agent.Tests.Journal;

public sealed class SuccessionTests
{
    [Theory]
    [InlineData(SuccessionReason.Fork)]
    [InlineData(SuccessionReason.RolledBack)]
    [InlineData(SuccessionReason.NotOurs)]
    public void A_disowned_journal_gets_a_successor_with_what_the_service_does_not_have(SuccessionReason reason)
    {
        using var cabinet = new TestCabinet();
        cabinet.Observe();
        cabinet.Sell(10);
        cabinet.Commit(6);
        var old = cabinet.Journal;
        var unsent = old.Read(6, 500, int.MaxValue);
        var changed = 0;
        cabinet.Store.CurrentChanged += () => changed++;

        var successor = cabinet.Store.BeginSuccessor(reason, "the service said so", old.Id);

        Assert.Equal(1, changed);
        Assert.NotEqual(old.Id, successor.Id);
        AssertCarried(successor, old.Id, old.HeadAt(6)!.Value, reason, unsent, salvagedFrom: ulong.MaxValue);
        Assert.True(old.IsClosed);
        Assert.Equal(new JournalFacts(old.Id, old.HeadAt(6)!.Value, old.HeadAt(6)!.Value, 1, true), old.Facts);
        Assert.Equal(3_000, old.Sums.SalesFen);
        Assert.Equal(6, TestCabinet.All(old).Count);
        Assert.Throws<InvalidOperationException>(() => old.Append(TestCabinet.Sale("late")));
        Assert.True(successor.HasObservation(cabinet.Clock.Boot));
        Assert.Same(successor, cabinet.Store.BeginSuccessor(reason, "again", old.Id));

        cabinet.Restart();
        Assert.Equal(successor.Id, cabinet.Journal.Id);
        Assert.Equal(6, TestCabinet.All(Assert.Single(cabinet.Store.Closed)).Count);
        Assert.True(cabinet.Journal.Verify().IsWhole);
    }

    [Fact]
    public void An_entry_of_a_predecessor_that_cannot_be_read_does_not_end_the_current_journal()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(3);
        cabinet.Commit(3);
        var ended = cabinet.CurrentPath;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.RestartAfter(() => TestCabinet.Sql(ended, "UPDATE entry SET hash = x'00' WHERE seq = 2"));
        var current = cabinet.Journal.Id;
        var report = new DeliveredReport("v1", TestCabinet.Sale("v1").Lines, TestCabinet.Sale("v1").Payment,
            SaleSource.Vend);
        Assert.IsType<RecordAnswer.Recorded>(cabinet.Flow().Delivered(report));
        Assert.Equal(current, cabinet.Journal.Id);
    }

    [Fact]
    public void A_changed_key_beside_an_entry_is_found_by_the_check()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(3);
        cabinet.Commit(3);
        var path = cabinet.CurrentPath;
        cabinet.RestartAfter(() => TestCabinet.Sql(path, "UPDATE entry SET id_key = id_key + 1 WHERE seq = 2"));
        Assert.Equal(2UL, cabinet.Journal.Verify().FirstBad?.Seq);
    }

    [Fact]
    public void A_damaged_entry_before_the_service_has_it_ends_the_journal_and_nothing_readable_is_lost()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(40);
        cabinet.Commit(20);
        var old = cabinet.Journal.Id;
        var common = cabinet.Journal.Facts.Committed;
        var path = cabinet.CurrentPath;
        var unsent = cabinet.Journal.Read(20, 500, int.MaxValue);
        cabinet.RestartAfter(() => TestCabinet.FlipAt(path, "tv29"));
        AssertCarried(cabinet.Journal, old, common, SuccessionReason.Corrupt, unsent, salvagedFrom: 30, changed: 30);
        Assert.True(File.Exists(Path.Combine(cabinet.Options.JournalsDirectory, $"{old}.corrupt-1")));
        Assert.False(File.Exists(path));
        Assert.Equal(20, TestCabinet.All(Assert.Single(cabinet.Store.Closed)).Count);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 100)]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(9, 2_000)]
    public void A_file_with_a_destroyed_page_gives_every_entry_that_stands_on_another_page(int page, int offset)
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(300);
        cabinet.Commit(5);
        var old = cabinet.Journal.Id;
        var path = cabinet.CurrentPath;
        var all = TestCabinet.SaleIds(cabinet.Journal);
        cabinet.RestartAfter(() =>
        {
            var bytes = File.ReadAllBytes(path);
            Array.Fill(bytes, (byte)0xA5, page * 4096 + offset, 4096 - offset);
            File.WriteAllBytes(path, bytes);
        });

        Assert.NotEqual(old, cabinet.Journal.Id);
        var carried = TestCabinet.SaleIds(cabinet.Journal);
        Assert.Equal(carried.Distinct(), carried);
        Assert.Subset(all.ToHashSet(), carried.ToHashSet());
        // A page holds about sixteen of these sales; the first five were committed.
        Assert.True(carried.Count >= 295 - 20, $"{carried.Count} carried");
        Assert.True(cabinet.Journal.Verify().IsWhole);
        var succession = Assert.IsType<SuccessionBody>(TestCabinet.Decode(TestCabinet.All(cabinet.Journal)[0]).Body);
        Assert.Equal(5UL, succession.LastCommon.Seq);
        // A sale that the damage cuts through may keep its header: it goes along as it is.
        var cut = TestCabinet.All(cabinet.Journal).Count(entry => TestCabinet.Decode(entry).Body is null);
        Assert.InRange(cut, 0, offset > 0 ? 1 : 0);
        Assert.Equal((uint)(carried.Count + cut), succession.Carried);
    }

    [Fact]
    public void A_file_that_is_no_database_any_more_is_set_aside_and_selling_goes_on()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(3);
        cabinet.Commit(2);
        var path = cabinet.CurrentPath;
        cabinet.RestartAfter(() => File.WriteAllText(path, "not a database, and never was one"));
        cabinet.Sell(1, "after");
        Assert.Equal(["after0"], TestCabinet.SaleIds(cabinet.Journal));
        var body = Assert.IsType<SuccessionBody>(TestCabinet.Decode(TestCabinet.All(cabinet.Journal)[0]).Body);
        Assert.Equal(2UL, body.LastCommon.Seq);
        Assert.Empty(cabinet.Store.Closed);
        var second = cabinet.CurrentPath;
        cabinet.RestartAfter(() => File.WriteAllText(second, "again"));
        Assert.Equal(2, Directory.GetFiles(cabinet.Options.JournalsDirectory, "*.corrupt-1").Length);
    }

    [Fact]
    public void A_file_that_is_gone_gets_a_successor_that_says_lost()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(3);
        cabinet.Commit(3);
        var (path, old) = (cabinet.CurrentPath, cabinet.Journal.Id);
        cabinet.RestartAfter(() => File.Delete(path));
        var body = Assert.IsType<SuccessionBody>(TestCabinet.Decode(TestCabinet.All(cabinet.Journal)[0]).Body);
        Assert.Equal((old, SuccessionReason.Lost, 3UL), (body.Predecessor, body.Reason, body.LastCommon.Seq));
    }

    [Fact]
    public void An_entry_damaged_while_the_agent_runs_does_not_stop_the_next_sale()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(100);
        var flow = cabinet.Flow();
        var old = cabinet.Journal;
        cabinet.Store.InCurrent(journal => journal == old && cabinet.Journal.Facts.Tail.Seq == 100
            ? throw new JournalDamagedException("page 7 is gone", 12)
            : true);
        Assert.NotEqual(old.Id, cabinet.Journal.Id);
        Assert.Equal(100, TestCabinet.SaleIds(cabinet.Journal).Count);
        Assert.IsType<Agent.Vending.RecordAnswer.Recorded>(flow.Delivered(new Agent.Vending.DeliveredReport(
            "v100", TestCabinet.Sale("v100").Lines, TestCabinet.Sale("v100").Payment)));
    }

    [Theory]
    [InlineData(nameof(SuccessionStep.PointerMoved), SuccessionReason.Corrupt)]
    [InlineData(nameof(SuccessionStep.SetAside), SuccessionReason.Corrupt)]
    [InlineData(nameof(SuccessionStep.EntriesWritten), SuccessionReason.Corrupt)]
    [InlineData(nameof(SuccessionStep.Finished), SuccessionReason.Corrupt)]
    [InlineData(nameof(SuccessionStep.PointerMoved), SuccessionReason.Fork)]
    [InlineData(nameof(SuccessionStep.EntriesWritten), SuccessionReason.Fork)]
    [InlineData(nameof(SuccessionStep.Finished), SuccessionReason.Fork)]
    public void A_crash_at_any_step_of_a_succession_leaves_one_successor_with_everything(
        string step, SuccessionReason reason)
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(10);
        cabinet.Commit(4);
        var (old, common) = (cabinet.Journal.Id, cabinet.Journal.Facts.Committed);
        var unsent = cabinet.Journal.Read(4, 500, int.MaxValue);
        var crashed = cabinet.Folder("crashed");
        var plain = cabinet.Options;
        cabinet.Options = plain with
        {
            OnSuccessionStep = reached =>
            {
                if (reached.ToString() == step)
                {
                    TestCabinet.CopyFolder(plain.JournalsDirectory, Path.Combine(crashed, "journals"));
                }
            },
        };
        cabinet.Restart();
        cabinet.Store.BeginSuccessor(reason, "test");
        cabinet.Options = plain with { DataDirectory = crashed };
        for (var start = 0; start < 2; start++)
        {
            cabinet.Restart();
            Assert.Single(Directory.GetFiles(cabinet.Options.JournalsDirectory, "*.db"), cabinet.CurrentPath.Equals);
            AssertCarried(cabinet.Journal, old, common, reason, unsent, salvagedFrom: ulong.MaxValue);
            Assert.Equal(old, Assert.Single(cabinet.Store.Closed).Id);
        }
    }

    [Fact]
    public void An_older_image_of_the_disk_sells_on_and_everything_it_holds_reaches_its_successor()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(5);
        cabinet.Commit(3);
        var image = cabinet.Folder("image");
        cabinet.RestartAfter(() => TestCabinet.CopyFolder(cabinet.Options.JournalsDirectory, image));
        cabinet.Sell(4, "gone");
        cabinet.Commit(9);
        var service = cabinet.Journal.Facts.Committed;
        cabinet.RestartAfter(() => TestCabinet.CopyFolder(image, cabinet.Options.JournalsDirectory));
        Assert.Equal(HeadHolding.NotHeld, cabinet.Journal.HoldingOf(service));
        cabinet.Sell(6, "new");
        Assert.Equal(HeadHolding.NotHeld, cabinet.Journal.HoldingOf(service));
        var old = cabinet.Journal.Id;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "service's head is another");
        Assert.Equal(["v3", "v4", "new0", "new1", "new2", "new3", "new4", "new5"],
            TestCabinet.SaleIds(cabinet.Journal));
        Assert.Equal(old, cabinet.Store.Closed[^1].Id);
    }

    [Fact]
    public void A_carried_entry_that_is_carried_again_still_names_where_it_was_recorded_first()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(2);
        var first = cabinet.Journal.Id;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        cabinet.Store.BeginSuccessor(SuccessionReason.NotOurs, "");
        var sales = TestCabinet.All(cabinet.Journal).Select(TestCabinet.Decode).Where(e => e.Body is SaleBody).ToList();
        Assert.Equal([new EntryOrigin(first, 1), new EntryOrigin(first, 2)], sales.Select(e => e.Header.Origin!.Value));
        Assert.Equal(2, cabinet.Store.Closed.Count);
    }

    [Fact]
    public void An_ended_journal_that_cannot_be_refilled_is_carried_over_once()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(5);
        cabinet.Commit(4);
        var old = cabinet.Journal.Id;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        Assert.Equal(4, cabinet.Store.CarryOver(old));
        Assert.Equal(0, cabinet.Store.CarryOver(old));
        cabinet.Restart();
        Assert.Equal(0, cabinet.Store.CarryOver(old));
        cabinet.Store.BeginSuccessor(SuccessionReason.NotOurs, "");
        Assert.Equal(0, cabinet.Store.CarryOver(old));
        Assert.Equal(["v4", "v0", "v1", "v2", "v3"], TestCabinet.SaleIds(cabinet.Journal));
    }

    [Fact]
    public void A_pointer_that_is_damaged_or_gone_is_found_again_from_the_files()
    {
        using var cabinet = new TestCabinet();
        cabinet.Sell(5);
        cabinet.Commit(2);
        var old = cabinet.Journal.Id;
        cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "");
        var current = cabinet.Journal.Id;
        var pointer = JournalPointer.PathIn(cabinet.Options.JournalsDirectory);
        cabinet.RestartAfter(() => File.WriteAllText(pointer, "{\"version\":1"));
        Assert.Equal((current, old), (cabinet.Journal.Id, Assert.Single(cabinet.Store.Closed).Id));
        cabinet.RestartAfter(() => File.Delete(pointer));
        Assert.Equal((current, old), (cabinet.Journal.Id, Assert.Single(cabinet.Store.Closed).Id));
        Assert.Equal(2UL, cabinet.Store.Closed[0].Facts.Tail.Seq);
    }

    [Fact]
    public void Two_agents_never_hold_one_folder()
    {
        using var cabinet = new TestCabinet();
        Assert.Throws<IOException>(() => cabinet.Open());
    }

    [Fact]
    public void A_setting_out_of_range_is_named()
    {
        var options = new JournalOptions { DataDirectory = "x", RetentionDays = 0 };
        Assert.Contains("RetentionDays is 0: it takes 1 to 36500.", options.Problems());
    }

    private static void AssertCarried(JournalFile successor, JournalId old, Head common, SuccessionReason reason,
        IReadOnlyList<StoredEntry> unsent, ulong salvagedFrom, ulong changed = 0)
    {
        var entries = TestCabinet.All(successor);
        var salvaged = unsent.Count(e => e.Seq >= salvagedFrom);
        var first = Assert.IsType<SuccessionBody>(TestCabinet.Decode(entries[0]).Body);
        Assert.Equal((old, common, reason), (first.Predecessor, first.LastCommon, first.Reason));
        Assert.Equal(((uint)unsent.Count, (uint)salvaged), (first.Carried, first.Salvaged));
        Assert.Equal(unsent.Count + 1, entries.Count);
        for (var i = 0; i < unsent.Count; i++)
        {
            var (was, body) = TestCabinet.Decode(unsent[i]);
            var (now, carried) = TestCabinet.Decode(entries[i + 1]);
            Assert.Equal(new EntryOrigin(old, was.Seq), now.Origin);
            Assert.Equal(was.Time, now.Time);
            Assert.Equal(was.Seq >= salvagedFrom, now.Marks.HasFlag(EntryMarks.Salvaged));
            if (was.Seq != changed)
            {
                Assert.Equal(Assert.IsType<SaleBody>(body).VendId, Assert.IsType<SaleBody>(carried).VendId);
            }
        }

        Assert.True(successor.Verify().IsWhole);
        Assert.Equal(500 * unsent.Count, successor.Sums.SalesFen);
    }
}
