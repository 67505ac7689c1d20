using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Receipts;
using KioskFleet.Service.Ledger;
using Xunit;

namespace KioskFleet.Service.Tests.Ledger;

/// <summary>A cabinet's journals that follow one another count every vend once; hellos and their witnesses.</summary>
public abstract class SuccessionTests(string dataSet) : IDisposable
{
    private readonly BooksRig _books = new(dataSet);

    public void Dispose()
    {
        _books.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("old new")]
    [InlineData("new old")]
    public async Task Carried_and_repeated_vends_count_once_in_every_order(string order)
    {
        var old = Sold(4);
        var successor = _books.Journal().Succeed(old, 3, SuccessionReason.Corrupt, 1);
        successor.Carry(old, 4, EntryMarks.Salvaged);
        successor.Sell("v2", ("tea", 100));
        successor.Sell("own", ("tea", 100));
        await InOrder(order, (old, 3), (successor, 4));
        Assert.Equal(["cab-1|op-a|20200901|1|500|5|0|0"], _books.Totals());
        Assert.Equal([$"ChainBroken|{old.Id}>{successor.Id}"], _books.Rows("SELECT kind, subject FROM findings"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_vend_told_again_before_its_predecessor_is_refilled_counts_once()
    {
        var old = Sold(3);
        var successor = _books.Journal().Succeed(old, 3, SuccessionReason.Lost);
        successor.Sell("own", ("tea", 100));
        successor.Sell("v2", ("tea", 100));
        await _books.Commit(successor, 1, 2);
        await _books.Commit(old);
        await _books.Commit(successor, 3, 3);
        Assert.Equal(["cab-1|op-a|20200901|1|400|4|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_vend_released_from_quarantine_before_the_cabinet_had_a_second_journal_is_not_counted_again()
    {
        _books.Files.Run("""
            CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.state = 0 AND NEW.seq = 2
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """);
        var old = Sold(3);
        await _books.Commit(old);
        _books.Files.Run("DROP TRIGGER refuse");
        var release = new QuarantineRelease(
            _books.Database, _books.Catalogue, _books.Register, _books.Places, _books.Time);
        Assert.IsType<ReleaseOutcome.Released>(await release.ReleaseAsync(2, "who", BooksRig.Stop));
        var successor = _books.Journal().Succeed(old, 3, SuccessionReason.Lost);
        successor.Sell("v2", ("tea", 100));
        await _books.Commit(successor);
        Assert.Equal(["cab-1|op-a|20200901|1|300|3|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Theory]
    [InlineData(SuccessionReason.Corrupt, "ChainBroken")]
    [InlineData(SuccessionReason.Lost, "ChainBroken")]
    [InlineData(SuccessionReason.Fork, "Fork")]
    [InlineData(SuccessionReason.RolledBack, "Fork")]
    [InlineData(SuccessionReason.NotOurs, "Fork")]
    public async Task Every_reason_of_a_succession_is_a_finding(SuccessionReason reason, string kind)
    {
        var old = Sold(1);
        var successor = _books.Journal().Succeed(old, 1, reason);
        await _books.Commit(successor);
        Assert.Equal([kind], _books.Rows("SELECT kind FROM findings"));
        await _books.Commit(old);
        _books.AssertProven();
    }

    [Fact]
    public async Task A_predecessor_of_another_cabinet_is_not_touched()
    {
        var foreign = Sold(2, "cab-2");
        await _books.Commit(foreign, 1, 1);
        var successor = _books.Journal("cab-1").Succeed(foreign, 1, SuccessionReason.NotOurs);
        successor.Sell("v1", ("tea", 7));
        await _books.Commit(successor);
        Assert.Equal(new CommitOutcome.Committed(foreign.Tail, 1, 0), await _books.Commit(foreign, 2, 2));
        Assert.Equal(207, _books.Scalar("SELECT sum(sales_fen) FROM totals"));
        _books.AssertProven();
    }

    [Fact]
    public async Task A_journal_that_another_cabinet_only_speaks_of_is_still_its_owners()
    {
        var mine = Sold(2, "cab-1");
        var foreign = _books.Journal("cab-2").Succeed(mine, 1, SuccessionReason.Lost);
        await _books.Commit(foreign);
        _books.Hear(new JournalOnPaper(_books.Cabinet("cab-2"), (int)(uint)(mine.Id.Value & 0xFFFF)).Hello());
        Assert.Equal(new CommitOutcome.Committed(mine.Tail, 2, 0), await _books.Commit(mine));
        Assert.Equal(["cab-1|op-a|20200901|1|200|2|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task Of_several_successors_of_one_journal_each_counts_what_the_others_did_not()
    {
        var old = Sold(4);
        var one = _books.Journal().Succeed(old, 2, SuccessionReason.Fork, 2);
        one.Carry(old, 3);
        one.Carry(old, 4);
        var two = _books.Journal().Succeed(old, 3, SuccessionReason.Fork, 1);
        two.Carry(old, 4);
        two.Sell("two", ("tea", 100));
        await _books.Commit(two);
        await _books.Commit(one);
        Assert.Equal(new CommitOutcome.Committed(old.HeadAt(3), 3, 0), await _books.Commit(old, 1, 3));
        Assert.Equal(["cab-1|op-a|20200901|1|500|5|0|0"], _books.Totals());
        _books.AssertProven();
    }

    [Fact]
    public async Task A_succession_that_is_not_first_or_names_itself_is_kept_apart()
    {
        var journal = Sold(1);
        journal.Succeed(Sold(1), 1, SuccessionReason.Lost);
        var self = _books.Journal();
        self.Succeed(self, 0, SuccessionReason.Lost);
        await _books.Commit(journal);
        await _books.Commit(self);
        var reason = (int)QuarantineReason.UnknownValue;
        Assert.Equal([$"cab-1|1|{reason}|", $"cab-1|2|{reason}|"], _books.Rows(
            "SELECT cabinet_id, seq, reason, detail FROM quarantine ORDER BY seq"));
        Assert.Equal(0, _books.Scalar("SELECT count(*) FROM journals WHERE superseded_after IS NOT NULL"));
        _books.AssertProven();
    }

    [Fact]
    public void A_hello_is_answered_with_the_head_and_kept()
    {
        var journal = Sold(3);
        Assert.Equal(new HelloOutcome(Refusal.None, journal.HeadAt(0)), _books.Hear(journal.Hello()));
        Assert.Equal(["cab-1|3|3|1|2|3|0|paper 1"], _books.Rows("""
            SELECT cabinet_id, tail_seq, backlog, sales_fen, refunds_fen, sales, wall_offset_ms, agent_version
            FROM hellos
            """));
        _books.Hear(journal.Hello(5, closed: true, tail: journal.HeadAt(1)));
        Assert.Equal(3, _books.Scalar("SELECT tail_seq FROM hellos"));
    }

    [Fact]
    public async Task An_announced_tail_is_the_witness_against_another_history()
    {
        var journal = Sold(3);
        _books.Hear(journal.Hello());
        var fork = journal.Fork(1);
        fork.Sell("x", ("tea", 1));
        fork.Sell("y", ("tea", 1));
        Assert.Equal(Refusal.Fork, _books.Hear(fork.Hello(9, fork.HeadAt(2))).Refusal);
        Assert.Equal(new CommitOutcome.Refused(Refusal.Fork), await _books.Commit(fork));
        Assert.Equal(new CommitOutcome.Committed(journal.Tail, 3, 0), await _books.Commit(journal));
        Assert.Equal(["3|" + Convert.ToHexString(journal.Tail.Hash.ToArray())],
            _books.Rows("SELECT witness_seq, hex(witness_hash) FROM journals"));
    }

    [Fact]
    public async Task A_hello_of_a_succeeded_or_foreign_journal_is_refused()
    {
        var old = Sold(2);
        await _books.Commit(old);
        await _books.Commit(_books.Journal().Succeed(old, 2, SuccessionReason.Lost));
        Assert.Equal(Refusal.NotYourJournal, _books.Hear(old.Hello()).Refusal);
        Assert.Equal(Refusal.None, _books.Hear(old.Hello(closed: true)).Refusal);
        var thief = new JournalOnPaper(_books.Cabinet("cab-2"), (int)(uint)(old.Id.Value & 0xFFFF));
        Assert.Equal(Refusal.NotYourJournal, _books.Hear(thief.Hello()).Refusal);
    }

    private async Task InOrder(
        string order, (JournalOnPaper Journal, ulong Last) old, (JournalOnPaper Journal, ulong Last) next)
    {
        foreach (var (journal, last) in order == "old new" ? new[] { old, next } : [next, old])
        {
            Assert.IsType<CommitOutcome.Committed>(await _books.Commit(journal, 1, last));
        }
    }

    private JournalOnPaper Sold(int sales, string cabinet = "cab-1")
    {
        var journal = _books.Journal(cabinet);
        for (var i = 1; i <= sales; i++)
        {
            journal.Sell($"v{i}", ("tea", 100));
        }

        return journal;
    }
}

/// <summary>In one shipped city.</summary>
public sealed class ChuzhouSuccessionTests() : SuccessionTests("chuzhou-2020");

/// <summary>In the other one.</summary>
public sealed class LinjiangSuccessionTests() : SuccessionTests("linjiang-2027");
