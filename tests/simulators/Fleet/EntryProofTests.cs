using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using KioskFleet.Simulators.Fleet;
using Xunit;

namespace KioskFleet.Simulators.Tests.Fleet;

public sealed class EntryProofTests
{
    private static readonly CabinetId Cabinet = CabinetId.Parse("KF000001");
    private static readonly JournalId Journal = new(7);

    [Fact]
    public void A_ledger_that_holds_every_entry_once_is_proven()
    {
        var result = Prove(Ledger(), Recorded(), new RunningSums(900, 100, 2));
        Assert.True(result.Holds);
        Assert.Equal((4, 4), (result.Recorded, result.Committed));
        Assert.Equal(2, result.Counts.Sales);
        Assert.Equal(900, result.Counts.SalesFen);
        Assert.Equal(100, result.Counts.RefundsFen);
        Assert.Equal(1, result.Counts.NonSales);
        Assert.Empty(result.Findings);
    }

    [Fact]
    public void A_missing_row_is_lost()
    {
        var result = Prove(Ledger()[..3], Recorded(), new RunningSums(900, 100, 2));
        Assert.False(result.Holds);
        Assert.Equal((4, 3, 1), (result.Recorded, result.Committed, result.Lost));
        Assert.Contains("4 is not in the ledger", result.Findings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_with_other_bytes_is_lost_and_recorded_nowhere_although_its_hash_is_right()
    {
        var ledger = Ledger();
        ledger[0] = ledger[0] with { Bytes = Bytes(1, Sale("V1", 401)), AmountFen = 401 };
        var result = Prove(ledger, Recorded(), new RunningSums(900, 100, 2));
        Assert.Equal((1, 1), (result.Lost, result.Unrecorded));
        Assert.Equal(1, result.SumsDiffer);
        Assert.False(result.Holds);
    }

    [Fact]
    public void A_row_with_another_hash_is_lost()
    {
        var ledger = Ledger();
        ledger[1] = ledger[1] with { Hash = ledger[0].Hash };
        Assert.Equal(1, Prove(ledger, Recorded(), new RunningSums(900, 100, 2)).Lost);
    }

    [Fact]
    public void An_amount_that_is_not_that_of_the_bytes_is_altered()
    {
        var ledger = Ledger();
        ledger[0] = ledger[0] with { AmountFen = 399 };
        var result = Prove(ledger, Recorded(), new RunningSums(900, 100, 2));
        Assert.Equal((0, 1, 1), (result.Lost, result.Altered, result.SumsDiffer));
        Assert.False(result.Holds);
    }

    [Fact]
    public void The_same_entry_twice_is_doubled()
    {
        var result = Prove([.. Ledger(), Ledger()[0]], Recorded(), new RunningSums(1_300, 100, 3));
        Assert.Equal(2, result.Doubled);
        Assert.False(result.Holds);
    }

    [Fact]
    public void A_vend_that_counts_in_two_journals_is_doubled()
    {
        var again = new CommittedRow(Cabinet, new JournalId(8), 1, default, Bytes(1, Sale("V1", 400)),
            EntryState.Counted, 400);
        var result = Prove([.. Ledger(), again], Recorded(), new RunningSums(900, 100, 2));
        Assert.Equal((1, 1), (result.Doubled, result.Unrecorded));
    }

    [Fact]
    public void A_vend_that_was_counted_before_and_counts_nothing_now_is_not_doubled()
    {
        var before = new CommittedRow(Cabinet, new JournalId(8), 1, default, Bytes(1, Sale("V1", 400)),
            EntryState.CountedBefore, 400);
        Assert.Equal(0, Prove([.. Ledger(), before], Recorded(), new RunningSums(900, 100, 2)).Doubled);
    }

    [Fact]
    public void A_failed_vend_that_ended_in_a_sale_after_all_is_not_doubled()
    {
        var outcome = new OutcomeBody(DeliveryState.Unknown, PaymentOutcome.Success, "V1", "A01", "S", 400, "");
        var row = new CommittedRow(Cabinet, new JournalId(8), 1, default, Bytes(1, outcome), EntryState.Counted, 0);
        Assert.Equal(0, Prove([.. Ledger(), row], Recorded(), new RunningSums(900, 100, 2)).Doubled);
    }

    [Fact]
    public void A_quarantined_row_fails_the_proof()
    {
        var ledger = Ledger();
        ledger[2] = ledger[2] with { State = EntryState.Quarantined };
        var result = Prove(ledger, Recorded(), new RunningSums(900, 100, 2));
        Assert.Equal((1, 0), (result.Quarantined, result.Lost));
        Assert.False(result.Holds);
    }

    [Fact]
    public void Sums_of_the_agent_that_are_not_the_ledgers_fail_the_proof()
    {
        var result = Prove(Ledger(), Recorded(), new RunningSums(900, 99, 2));
        Assert.Equal(1, result.SumsDiffer);
        Assert.False(result.Holds);
    }

    private static EntryProofResult Prove(
        IEnumerable<CommittedRow> ledger, IEnumerable<RecordedRow> journal, RunningSums stated)
    {
        var proof = new EntryProof();
        foreach (var row in ledger)
        {
            proof.Committed(row);
        }

        foreach (var row in journal)
        {
            proof.Recorded(row);
        }

        proof.Stated(Cabinet, stated);
        return proof.End();
    }

    private static EntryBody[] Bodies() =>
    [
        Sale("V1", 400),
        Sale("V2", 500),
        new NonSaleBody(NonSalePurpose.Test, "V3", "", [new NonSaleLine("A01", "S", "n", 1, 100)]),
        new RefundBody("R1", Journal, 1, 0, 100, 0, "", ""),
    ];

    private static RecordedRow[] Recorded()
    {
        var chain = new HashChain();
        var head = Head.Genesis(Journal);
        return [.. Bodies().Select((body, i) =>
        {
            var bytes = Bytes((ulong)i + 1, body);
            head = new Head((ulong)i + 1, chain.Next(head.Hash, bytes));
            return new RecordedRow(Cabinet, Journal, head.Seq, head.Hash, bytes);
        })];
    }

    private static CommittedRow[] Ledger() => [.. Recorded().Zip(Bodies(), static (row, body) => new CommittedRow(
        row.Cabinet, row.Journal, row.Seq, row.Hash, row.Bytes.ToArray(), EntryState.Counted,
        body is SaleBody sale ? sale.Lines.Sum(static line => line.PaidFen) : 0))];

    private static SaleBody Sale(string id, long fen) => new(SaleSource.Vend, SaleMarks.None, id,
        new Payment(PaymentMethod.Cash, "", ""), [new SaleLine("A01", "S", "n", 1, fen, fen)]);

    private static byte[] Bytes(ulong seq, EntryBody body) =>
        EntryCodec.Encode(seq, new EntryTime(new BootId(1), 1, 1), body);
}
