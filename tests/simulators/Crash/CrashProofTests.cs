using KioskFleet.Simulators.Crash;
using Xunit;

namespace KioskFleet.Simulators.Tests.Crash;

/// <summary>The proof must fail when it should: each test spoils one thing of a ledger that holds.</summary>
public sealed class CrashProofTests
{
    private static readonly SentRecord First = Sent(RecordKind.Sale, "v-1", 500);
    private static readonly SentRecord Second = Sent(RecordKind.Sale, "v-2", 700);
    private static readonly SentRecord Back = Sent(RecordKind.Refund, "r-1", 100, "v-1");

    private static readonly LedgerFacts Whole = Facts(
        Row(1, First), Row(2, Second), Row(3, Back) with { Reverses = "v-1" });

    [Fact]
    public void A_ledger_that_counts_every_answered_record_once_holds()
    {
        var proof = Prove(Whole);

        Assert.True(proof.Holds, string.Join('\n', proof.Wrong));
        Assert.Equal((3, 3, 1_200L), (proof.Recorded, proof.Committed, proof.CommittedFen));
    }

    [Fact]
    public void A_sale_removed_from_the_ledger_is_lost() =>
        Assert.Equal([Second.Key], Prove(Facts(Row(1, First), Row(3, Back) with { Reverses = "v-1" })).Lost);

    [Fact]
    public void A_sale_that_is_kept_apart_or_counts_nowhere_is_lost()
    {
        var apart = Row(2, Second) with { State = CountState.Quarantined, CountedFen = 0 };
        var before = Row(2, Second) with { State = CountState.CountedBefore, CountedFen = 0 };

        Assert.Equal([Second.Key], Prove(Facts(Row(1, First), apart, Row(3, Back) with { Reverses = "v-1" })).Lost);
        Assert.Equal([Second.Key], Prove(Facts(Row(1, First), before, Row(3, Back) with { Reverses = "v-1" })).Lost);
    }

    [Fact]
    public void A_missing_sale_whose_last_copy_was_destroyed_is_named_and_not_lost()
    {
        var ledger = Facts(Row(1, First), Row(3, Back) with { Reverses = "v-1" });
        var proof = Prove(ledger, new() { [Second.Key] = "page" });

        Assert.True(proof.Holds);
        Assert.Equal("page", proof.Destroyed[Second.Key]);
        Assert.Equal(2, proof.Committed);
    }

    [Fact]
    public void A_sale_doubled_in_the_ledger_is_found() =>
        Assert.Equal([First.Key], Prove(Facts([.. Whole.Records, Row(4, First)])).Doubled);

    [Fact]
    public void A_sale_that_was_not_answered_is_found_too_when_it_counts_twice()
    {
        var sent = Sent(RecordKind.Sale, "v-9", 300);
        var book = Book();
        book[sent.Key] = sent;
        var proof = CrashProof.Run(
            book, Answered(), NoneDestroyed, Facts([.. Whole.Records, Row(4, sent), Row(5, sent)]));

        Assert.Equal([sent.Key], proof.Doubled);
    }

    [Fact]
    public void A_sale_that_was_not_answered_may_exist_once()
    {
        var sent = Sent(RecordKind.Sale, "v-9", 300);
        var book = Book();
        book[sent.Key] = sent;
        var proof = CrashProof.Run(book, Answered(), NoneDestroyed, Facts([.. Whole.Records, Row(4, sent)]));

        Assert.True(proof.Holds);
        Assert.Equal(1, proof.UnansweredCommitted);
    }

    [Fact]
    public void A_sale_that_nobody_sent_is_wrong() =>
        Assert.Contains("never sent", Assert.Single(Prove(
            Facts([.. Whole.Records, Row(4, Sent(RecordKind.Sale, "v-9", 300))])).Wrong), StringComparison.Ordinal);

    [Fact]
    public void Money_that_differs_is_wrong() =>
        Assert.False(Prove(Facts(Row(1, First) with { CountedFen = 400 }, Row(2, Second),
            Row(3, Back) with { Reverses = "v-1" })).Holds);

    [Fact]
    public void A_refund_that_reverses_another_sale_is_wrong() =>
        Assert.Contains("gives back v-1", Assert.Single(Prove(Facts(
            Row(1, First), Row(2, Second), Row(3, Back) with { Reverses = "v-2" })).Wrong), StringComparison.Ordinal);

    [Fact]
    public void Totals_that_are_not_the_sum_of_the_entries_are_wrong()
    {
        var spoilt = Whole with { TotalFen = new Dictionary<string, long> { ["cabinet-1"] = 1_201 } };

        Assert.Contains("1201", Assert.Single(Prove(spoilt).Wrong), StringComparison.Ordinal);
    }

    private static readonly Dictionary<RecordKey, string> NoneDestroyed = [];

    private static ProofResult Prove(LedgerFacts ledger, Dictionary<RecordKey, string>? destroyed = null) =>
        CrashProof.Run(Book(), Answered(), destroyed ?? NoneDestroyed, ledger);

    private static Dictionary<RecordKey, SentRecord> Book() =>
        ((SentRecord[])[First, Second, Back]).ToDictionary(record => record.Key);

    private static HashSet<RecordKey> Answered() => [First.Key, Second.Key, Back.Key];

    private static SentRecord Sent(RecordKind kind, string id, long fen, string? of = null) =>
        new(new RecordKey(kind, "cabinet-1", id), fen, of);

    private static LedgerRecord Row(long position, SentRecord sent) =>
        new(position, sent.Key, CountState.Counted, sent.AmountFen, sent.AmountFen, null);

    /// <summary>Totals as they follow from the entries that count.</summary>
    private static LedgerFacts Facts(params LedgerRecord[] rows) => new()
    {
        Records = rows,
        TotalFen = Sum(rows.Where(row => row is { Key.Kind: RecordKind.Sale, State: CountState.Counted })),
        RefundFen = Sum(rows.Where(row => row is
            { Key.Kind: RecordKind.Refund, State: CountState.Counted, Reverses: not null })),
    };

    private static Dictionary<string, long> Sum(IEnumerable<LedgerRecord> rows) =>
        rows.GroupBy(row => row.Key.Cabinet).ToDictionary(group => group.Key, group => group.Sum(row => row.StatedFen));
}
