using CsCheck;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Sending;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

/// <summary>Random operations, restarts and successions against a model that only remembers ids and sums.</summary>
public sealed class VendModelTests
{
    private const int Ids = 6;

    private enum Act
    {
        Request,
        Deliver,
        Fail,
        Refund,
        CommitForward,
        CommitBack,
        Succeed,
        Restart,
        Reboot,
    }

    private readonly record struct Step(Act Act, int Id, int Fen);

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Int[0, 8], Gen.Int[0, Ids - 1], Gen.Int[1, 3],
        (act, id, fen) => new Step((Act)act, id, fen * 100)).Array[1, 40];

    [Fact]
    public void Whatever_happens_each_vend_is_recorded_once_with_its_first_money()
    {
        Steps.Sample(steps =>
        {
            using var cabinet = new TestCabinet();
            var model = new Dictionary<string, long>();
            var refunds = new Dictionary<string, long>();
            var flow = cabinet.Flow();
            foreach (var step in steps)
            {
                flow = Perform(cabinet, flow, step, model, refunds);
            }

            Check(cabinet, model, refunds);
            cabinet.Restart();
            Check(cabinet, model, refunds);
        }, iter: 150, threads: 2);
    }

    private static VendFlow Perform(TestCabinet cabinet, VendFlow flow, Step step, Dictionary<string, long> model,
        Dictionary<string, long> refunds)
    {
        var id = $"v{step.Id}";
        var journal = cabinet.Journal;
        switch (step.Act)
        {
            case Act.Request:
                var answer = flow.RequestVend(new VendRequest(id, "A1", "S1", 100));
                Assert.Equal(model.ContainsKey(id), answer is VendAnswer.Finished { Entry.Kind: EntryKind.Sale });
                break;
            case Act.Deliver:
                Deliver(flow, id, step.Fen, model);
                break;
            case Act.Fail:
                var failed = flow.Outcome(new OutcomeReport(id, DeliveryState.Failed, PaymentOutcome.NotPaid, 0, ""));
                Assert.Equal(model.ContainsKey(id), failed is RecordAnswer.Conflict);
                break;
            case Act.Refund:
                var number = $"r{step.Id}-{step.Fen}";
                var refunded = flow.Refund(new RefundReport(
                    number, new SaleReference.ByVendId(id), 0, step.Fen, 0, "", ""));
                Assert.Equal(!model.ContainsKey(id), refunded is RecordAnswer.UnknownSale);
                if (refunded is RecordAnswer.Recorded recorded)
                {
                    Assert.Equal(!refunds.TryAdd(number, step.Fen), recorded.AlreadyRecorded);
                }

                break;
            case Act.CommitForward:
                journal.MoveCommitted(journal.Facts.Tail);
                break;
            case Act.CommitBack:
                journal.MoveCommitted(journal.HeadAt(journal.Facts.Committed.Seq / 2)!.Value);
                break;
            case Act.Succeed:
                cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "model");
                break;
            default:
                if (step.Act == Act.Reboot)
                {
                    cabinet.Clock.Reboot();
                }

                cabinet.Restart();
                return cabinet.Flow();
        }

        return flow;
    }

    private static void Deliver(VendFlow flow, string id, long fen, Dictionary<string, long> model)
    {
        var report = new DeliveredReport(id, [new SaleLine("A1", "S1", "x", 1, fen, fen)],
            new Payment(PaymentMethod.Cash, "", ""));
        var answer = flow.Delivered(report);
        if (model.TryGetValue(id, out var before) && before != fen)
        {
            Assert.IsType<RecordAnswer.Conflict>(answer);
        }
        else
        {
            Assert.Equal(!model.TryAdd(id, fen), Assert.IsType<RecordAnswer.Recorded>(answer).AlreadyRecorded);
        }
    }

    /// <summary>
    /// The current journal and the common parts of the ended ones hold each sale and refund exactly once.
    /// </summary>
    private static void Check(TestCabinet cabinet, Dictionary<string, long> model, Dictionary<string, long> refunds)
    {
        var bodies = cabinet.Store.Closed.Append(cabinet.Journal)
            .SelectMany(journal => TestCabinet.All(journal)).Select(e => TestCabinet.Decode(e).Body).ToList();
        Assert.Equal(model.OrderBy(p => p.Key), bodies.OfType<SaleBody>()
            .Select(s => KeyValuePair.Create(s.VendId, s.Lines[0].PaidFen)).OrderBy(p => p.Key));
        Assert.Equal(refunds.OrderBy(p => p.Key), bodies.OfType<RefundBody>()
            .Select(r => KeyValuePair.Create(r.RefundNumber, r.AmountFen)).OrderBy(p => p.Key));
        Assert.Equal(model.Values.Sum(),
            cabinet.Store.Closed.Sum(j => j.Sums.SalesFen) + cabinet.Journal.Sums.SalesFen);
        Assert.True(cabinet.Journal.Verify().IsWhole);
        Assert.All(cabinet.Store.Closed, journal =>
        {
            Assert.True(journal.Verify().IsWhole);
            Assert.Equal(HeadHolding.Held, journal.HoldingOf(journal.Facts.Tail));
        });
    }
}
