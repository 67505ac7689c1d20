using CsCheck;
using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;
using KioskFleet.Agent.Tests.Gate;
using KioskFleet.Agent.Tests.Journal;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;
using Xunit;

namespace KioskFleet.Agent.Tests.Vending;

/// <summary>
/// The whole gate on real journals against a model that keeps every sale and adds all of them up at each question:
/// random requests, sessions, deliveries whole and without their aid part, failed and unknown outcomes, timeouts,
/// refunds of ordinary goods also above what was paid, hours, restarts, successions and new figures.
/// </summary>
public sealed class GateModelTests
{
    private static readonly VendingOptions Options = new() { ApprovalSeconds = 7_200, SessionSeconds = 7_200 };

    private static readonly string[] Skus = ["tea", "cola", "unmapped", "milk"];

    private static readonly CabinetPlan Plan = new(
        [
            .. Skus.Select((sku, i) => new PlanSlot($"A{i}", sku, "", 100, 10_000, 10_000)),
            new PlanSlot("L1", "cola", "", 400, 10_000, 10_000, "left"),
        ], 0);

    private enum Act
    {
        Ask,
        AskBasket,
        OpenSession,
        Deliver,
        DeliverWithoutAid,
        LoseSight,
        Fail,
        Refund,
        Wait,
        Restart,
        Succeed,
        Reconfigure,
    }

    private readonly record struct Step(Act Act, int Pick, int Fen);

    private static readonly Gen<Step[]> Steps = Gen.Select(
        Gen.Frequency((5, Gen.Const(Act.Ask)), (3, Gen.Const(Act.AskBasket)),
            (1, Gen.Const(Act.OpenSession)), (6, Gen.Const(Act.Deliver)), (2, Gen.Const(Act.DeliverWithoutAid)),
            (1, Gen.Const(Act.LoseSight)),
            (1, Gen.Const(Act.Fail)), (1, Gen.Const(Act.Refund)), (3, Gen.Const(Act.Wait)),
            (1, Gen.Const(Act.Restart)), (1, Gen.Const(Act.Succeed)), (1, Gen.Const(Act.Reconfigure))),
        Gen.Int[0, 11], Gen.Int[1, 9], (act, pick, fen) => new Step(act, pick, fen * 100)).Array[10, 60];

    [Theory]
    [InlineData(CabinetKind.Slot)]
    [InlineData(CabinetKind.OpenDoorCompartments)]
    public void No_window_ends_below_the_share_beyond_its_allowance_and_the_gate_agrees_with_a_plain_model(
        CabinetKind kind) =>
        Steps.Sample(steps =>
        {
            using var run = new Run(kind);
            foreach (var step in steps)
            {
                run.Perform(step);
                run.CheckWindows();
            }
        }, iter: 150, threads: 2);

    /// <summary>Something sold: when, and what of it is aid and what is held against the share.</summary>
    private sealed record Sold(string Id, DateOnly Day, long AidFen, long OrdinaryFen, long ExemptFen)
    {
        public long RefundedFen { get; set; }
    }

    private sealed record Pending(string Id, IReadOnlyList<VendLine> Lines, long UntilMs, bool IsSession = false)
    {
        public bool IsUnknown { get; init; }
    }

    private sealed class Run : IDisposable
    {
        private readonly TestCabinet _cabinet = new() { Vending = Options, Plan = Plan };
        private readonly CabinetKind _kind;
        private readonly List<Sold> _sold = [];
        private readonly List<(DateOnly Day, long Fen)> _refunds = [];
        private readonly List<Pending> _pending = [];
        private readonly Dictionary<DateOnly, long> _withoutAid = [];
        private VendFlow _flow;
        private int _ids;

        public Run(CabinetKind kind)
        {
            _kind = kind;
            _cabinet.Observe();
            _cabinet.Configs().Take(Config());
            _flow = _cabinet.Flow();
        }

        public void Perform(Step step)
        {
            _pending.RemoveAll(pending => pending.UntilMs <= _cabinet.Clock.MonotonicMs);
            switch (step.Act)
            {
                case Act.Ask:
                    Ask([Line(step.Pick % 4, step.Fen)]);
                    break;
                case Act.AskBasket:
                    Ask([Line(0, step.Fen), Line(1 + step.Pick % 3, 100 + step.Pick * 100)]);
                    break;
                case Act.OpenSession:
                    OpenSession(step.Pick % 2 == 0 ? "left" : "");
                    break;
                case Act.Deliver when _pending.Count > 0:
                    Deliver(Take(step.Pick));
                    break;
                case Act.DeliverWithoutAid when _pending.Exists(pending => pending.Lines.Count > 1):
                    DeliverWithoutAid(_pending.FindLast(pending => pending.Lines.Count > 1)!);
                    break;
                case Act.LoseSight when _pending.Count > 0:
                    LoseSight(Take(step.Pick));
                    break;
                case Act.Fail when _pending.Count > 0:
                    Assert.IsType<RecordAnswer.Recorded>(_flow.Outcome(new OutcomeReport(
                        Take(step.Pick).Id, DeliveryState.Failed, PaymentOutcome.NotPaid, 0, "")));
                    break;
                case Act.Refund:
                    Refund(step);
                    break;
                case Act.Wait:
                    _cabinet.Clock.Advance(TimeSpan.FromHours(step.Pick / 2.0));
                    break;
                case Act.Restart:
                    _cabinet.Restart();
                    _flow = _cabinet.Flow();
                    break;
                case Act.Succeed:
                    _cabinet.Commit(_cabinet.Journal.Facts.Tail.Seq * (ulong)(12 - step.Pick % 3) / 12);
                    _cabinet.Store.BeginSuccessor(SuccessionReason.Fork, "model");
                    break;
                case Act.Reconfigure:
                    Assert.IsNotType<ConfigOutcome.Refused>(
                        _cabinet.Configs().Take(Config().Encode().Payload, ConfigOnPaper.Cabinet));
                    _flow = _cabinet.Flow();
                    break;
                default:
                    break;
            }
        }

        /// <summary>
        /// Every window, also the running one: what is held against the share fits. Goods that everybody needs are
        /// exempt, so the promise is about everything else; and what is delivered without its aid part cannot be
        /// refused any more, once.
        /// </summary>
        public void CheckWindows()
        {
            foreach (var day in _sold.Select(sold => sold.Day).Distinct())
            {
                var sold = _sold.FindAll(s => s.Day == day);
                var exempt = sold.Sum(s => s.ExemptFen);
                var once = _withoutAid.GetValueOrDefault(day);
                Assert.True(Margin(day) + (exempt + once) * 5_000 >= 0, $"{day} is below its allowance");
            }
        }

        public void Dispose() => _cabinet.Dispose();

        private void Ask(IReadOnlyList<VendLine> lines)
        {
            var id = $"v{_ids++}";
            var answer = _flow.RequestVend(VendRequest.For(id, lines));
            var (aid, ordinary, _) = Split(lines);
            Check(answer, aid, ordinary);
            if (answer is VendAnswer.Approved)
            {
                _pending.Add(new Pending(id, lines, _cabinet.Clock.MonotonicMs + Options.ApprovalSeconds * 1_000L));
            }
            else
            {
                Assert.NotEqual(0, ordinary);
                Assert.Equal(DenialReason.OrdinaryLimit, Assert.IsType<VendAnswer.Denied>(answer).Reason);
            }
        }

        private void OpenSession(string door)
        {
            var id = $"s{_ids++}";
            var answer = _flow.OpenSession(id, _kind == CabinetKind.Slot ? "" : door);
            if (_kind == CabinetKind.Slot)
            {
                Assert.Equal(DenialReason.VendNeeded, Assert.IsType<VendAnswer.Denied>(answer).Reason);
                return;
            }

            Check(answer, 0, 400);
            if (answer is VendAnswer.Approved)
            {
                _pending.Add(new Pending(id, [new VendLine("L1", "cola", 1, 400)],
                    _cabinet.Clock.MonotonicMs + Options.SessionSeconds * 1_000L, IsSession: true));
            }
        }

        /// <summary>On the safe side the gate may refuse more, and never less.</summary>
        private void Check(VendAnswer answer, long aid, long ordinary)
        {
            if (_flow.Share()!.Basis == BasisKind.Exact)
            {
                Assert.True(Fits(aid, ordinary) == (answer is VendAnswer.Approved),
                    $"{answer}");
            }

            Assert.True(Fits(aid, ordinary) || answer is not VendAnswer.Approved);
        }

        private bool Fits(long aid, long ordinary)
        {
            var reserved = _pending.Sum(p => Split(p.Lines) is var (_, o, e) ? o + e : 0);
            var isAwaited = _pending.Exists(p => Split(p.Lines) is { Aid: > 0, Ordinary: > 0 });
            var until = ConfigOnPaper.Policy.DayOf(_cabinet.Clock.WallUtcMs + Options.ApprovalSeconds * 1_000L);
            return new[] { Today, until }.All(day =>
            {
                var margin = Margin(day) - reserved * 5_000;
                var isDoubted = (isAwaited || _withoutAid.ContainsKey(day)) && margin - Allowance(day) * 5_000 < 0;
                var effect = (isDoubted ? 0 : aid * 5_000) - ordinary * 5_000;
                return effect >= 0 || margin + effect >= 0;
            });
        }

        private void Deliver(Pending pending)
        {
            Record(pending, pending.Lines, SaleMarks.None);
            var (aid, ordinary, exempt) = Split(pending.Lines);
            _sold.Add(new Sold(pending.Id, Today, aid, ordinary, exempt));
        }

        private void DeliverWithoutAid(Pending pending)
        {
            _pending.Remove(pending);
            var fallen = pending.Lines.Skip(1).ToList();
            Record(pending, fallen, SaleMarks.GoodsDiffer | SaleMarks.AidMissing);
            var (_, ordinary, exempt) = Split(fallen);
            _sold.Add(new Sold(pending.Id, Today, 0, ordinary, exempt));
            _withoutAid[Today] = Math.Max(ordinary, _withoutAid.GetValueOrDefault(Today));
        }

        private void Record(Pending pending, IReadOnlyList<VendLine> lines, SaleMarks marks)
        {
            var answer = _flow.Delivered(new DeliveredReport(pending.Id,
                [.. lines.Select(l => new SaleLine(l.Slot, l.Sku, l.Sku, l.Quantity, l.AmountFen, l.AmountFen))],
                new Payment(PaymentMethod.Cash, "", ""), pending.IsSession ? SaleSource.Session : SaleSource.Vend));
            Assert.Equal(marks | (pending.IsUnknown ? SaleMarks.OutcomeRevised : SaleMarks.None),
                Assert.IsType<RecordAnswer.Recorded>(answer).Marks);
        }

        /// <summary>Nobody knows whether the goods fell: they may be told as sold until the approval ends.</summary>
        private void LoseSight(Pending pending)
        {
            Assert.IsType<RecordAnswer.Recorded>(_flow.Outcome(new OutcomeReport(
                pending.Id, DeliveryState.Unknown, PaymentOutcome.Success, 0, "")));
            _pending.Add(pending with { IsUnknown = true });
        }

        private static VendLine Line(int sku, long fen) => new($"A{sku}", Skus[sku], 1, fen);

        /// <summary>
        /// Refunds ordinary goods of a single-line sale of today or a day before; what exceeds the paid sum counts for
        /// nothing in the share.
        /// </summary>
        private void Refund(Step step)
        {
            var ordinary = _sold.FindAll(s => s is { AidFen: 0, ExemptFen: 0 } && s.RefundedFen < s.OrdinaryFen);
            if (ordinary.Count == 0)
            {
                return;
            }

            var sold = ordinary[step.Pick % ordinary.Count];
            var fen = step.Fen;
            Assert.IsType<RecordAnswer.Recorded>(_flow.Refund(new RefundReport(
                $"r{_ids++}", new SaleReference.ByVendId(sold.Id), 0, fen, 0, "", "")));
            sold.RefundedFen = Math.Min(sold.OrdinaryFen, sold.RefundedFen + fen);
            _refunds.Add((Today, fen));
        }

        private Pending Take(int pick)
        {
            var pending = _pending[pick % _pending.Count];
            _pending.Remove(pending);
            return pending;
        }

        private DateOnly Today => ConfigOnPaper.Policy.DayOf(_cabinet.Clock.WallUtcMs);

        private long Margin(DateOnly day)
        {
            var sold = _sold.FindAll(s => s.Day == day);
            var aid = sold.Sum(s => s.AidFen);
            var total = aid + sold.Sum(s => s.OrdinaryFen + s.ExemptFen - s.RefundedFen);
            return aid * 10_000 - (total - Allowance(day)) * 5_000;
        }

        private long Allowance(DateOnly day) => Policy.AllowanceAfter(day > Today ? 0 : Turnover(day.AddDays(-1)));

        private long Turnover(DateOnly day) =>
            _sold.Where(s => s.Day == day).Sum(s => s.AidFen + s.OrdinaryFen + s.ExemptFen)
            - _refunds.Where(r => r.Day == day).Sum(r => r.Fen);

        private static GatePolicy Policy { get; } =
            ConfigOnPaper.Policy with { AllowanceFen = 300, AllowanceBasisPoints = 4_000 };

        /// <summary>What a service that knows everything would plan now.</summary>
        private CabinetConfig Config()
        {
            var config = ConfigOnPaper.Restrict(_cabinet);
            var rows = new[] { Today.AddDays(-1), Today }.Select(day =>
            {
                var sold = _sold.FindAll(s => s.Day == day);
                var aid = sold.Sum(s => s.AidFen);
                return new FigureRow(day, day, aid,
                    aid + sold.Sum(s => s.OrdinaryFen + s.ExemptFen - s.RefundedFen), Turnover(day));
            });
            return config with
            {
                Kind = _kind,
                Policy = Policy,
                Figures = config.Figures with
                {
                    AllowanceFen = Policy.AllowanceAfter(Turnover(Today.AddDays(-1))), Rows = [.. rows],
                },
            };
        }

        private static (long Aid, long Ordinary, long Exempt) Split(IReadOnlyList<VendLine> lines) => (
            lines.Where(l => l.Sku == "tea").Sum(l => l.AmountFen),
            lines.Where(l => l.Sku is "cola" or "unmapped").Sum(l => l.AmountFen),
            lines.Where(l => l.Sku == "milk").Sum(l => l.AmountFen));
    }
}
