using KioskFleet.Agent.Gate;
using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Vending;

/// <summary>The half that asks the gate.</summary>
internal sealed partial class VendFlow
{
    /// <summary>The slots of the plan with stock and what the gate would say now; empty without a plan.</summary>
    public IReadOnlyList<SellableSlot> Sellable() => _store.InCurrent(journal =>
    {
        var plan = Plan;
        if (plan is null)
        {
            return (IReadOnlyList<SellableSlot>)[];
        }

        var stock = Stock(plan);
        var open = Vends(journal).OpenVends;
        var view = ViewNow(journal, _options.ApprovalSeconds);
        var ask = Ask(plan, open);
        return [.. plan.Slots.Select(slot =>
        {
            var decision = SaleGate.Decide(ask with
            {
                Slots = [slot.Slot],
                Share = view is null ? null : new ShareQuestion(
                    view, view.BasketOf([new VendLine(slot.Slot, slot.Sku, 1, slot.PriceFen)]), CanRefuse: true),
            });
            return new SellableSlot(slot.Slot, slot.Sku, slot.Name, slot.PriceFen, slot.Capacity,
                stock.StockOf(slot), decision.Denial, view?.RoomFen) { Warning = decision.Warning };
        })];
    });

    /// <summary>The share as it stands, open approvals reserved; null while the cabinet never heard a config.</summary>
    public ShareView? Share() => _store.InCurrent(journal => ViewNow(journal, 0));

    /// <summary>What is left of the rule when it is lost; null when it is not.</summary>
    public LostConfig? LostRule => _share.Lost;

    /// <summary>True while nothing is vended because the rule that restricted the cabinet is lost.</summary>
    public bool WaitsForRule => _share.WaitsForRule;

    /// <summary>The rule and the figures for an approval that holds some seconds.</summary>
    /// <param name="journal">The current journal.</param>
    /// <param name="seconds">How long the approval holds.</param>
    private ShareView? ViewNow(JournalFile journal, int seconds)
    {
        if (_share.View(seconds * 1_000L) is not { } view)
        {
            return null;
        }

        // What an approval may still sell at worst: a mixed basket of which only the ordinary part falls.
        return view.Reserving([.. Vends(journal).Reserving.Select(row => view.BasketOf(row.Lines))]);
    }

    private VendAnswer Admit(JournalFile journal, VendRow asked, int seconds)
    {
        if (Recordings.Find(_store, journal, IdKind.Vend, asked.Id) is { } outcome)
        {
            return new VendAnswer.Finished(outcome.Entry);
        }

        var vends = Vends(journal);
        if (vends.Find(asked.Id) is { } known)
        {
            if (FirstDifference(known, asked) is { } differs)
            {
                _log.Contradicted(asked.Id, differs);
                return new VendAnswer.Conflict(differs);
            }

            if (vends.RemainingMs(known) is > 0 and var remaining)
            {
                return new VendAnswer.Approved(known.UntilWallUtcMs, remaining)
                {
                    HeadroomFen = ViewNow(journal, seconds)?.RoomFen,
                };
            }
        }

        var (question, reserve) = QuestionOf(journal, asked, seconds);
        var decision = SaleGate.Decide(question);
        var now = _clock.Now;
        var answered = asked with
        {
            Basket = reserve,
            Denial = (int)(decision.Denial ?? 0),
            Boot = now.Boot,
            UntilMonotonicMs = now.MonotonicMs + seconds * 1_000L,
            UntilWallUtcMs = now.WallUtcMs + seconds * 1_000L,
        };
        if (decision.Denial is { } denial)
        {
            // A denial is kept so that a delivery in spite of it is marked; a full disk has no room even for that.
            if (denial != DenialReason.DiskFull)
            {
                vends.Put(journal, answered);
            }

            _log.VendDenied(asked.Id, denial);
            return new VendAnswer.Denied(denial, decision.HeadroomFen);
        }

        vends.Put(journal, answered);
        return new VendAnswer.Approved(answered.UntilWallUtcMs, seconds * 1_000L)
        {
            HeadroomFen = decision.HeadroomFen,
            Warning = decision.Warning,
        };
    }

    private (GateQuestion Question, IReadOnlyList<VendLine> Reserve) QuestionOf(
        JournalFile journal, VendRow asked, int seconds)
    {
        var plan = Plan;
        var open = Vends(journal).OpenVends;
        var view = ViewNow(journal, seconds);
        var question = Ask(plan, open);
        if (asked.Kind == VendRowKind.Vend)
        {
            return (question with
            {
                Slots = [.. asked.Lines.Select(line => line.Slot)],
                Share = view is null ? null : new ShareQuestion(view, view.BasketOf(asked.Lines), CanRefuse: true),
            }, asked.Basket);
        }

        var stock = plan is null ? null : Stock(plan);
        var goods = DoorRule.Of(view, plan, asked.Slot, slot => stock?.StockOf(slot) ?? slot.Stock);
        return (question with
        {
            IsKnownDoor = goods.IsKnown, Share = goods.Share, NeedsVend = goods.NeedsVend,
        }, goods.Reserve);
    }

    /// <summary>What is asked whatever is to be sold.</summary>
    private GateQuestion Ask(CabinetPlan? plan, int open) =>
        new([], plan, IsStopped, _space.HasRoomFor(open), open, _options.MaxOpenVends)
        {
            WaitsForRule = _share.WaitsForRule,
        };

    private static string? FirstDifference(VendRow known, VendRow asked) => known.Kind != asked.Kind ? "id"
        : known.Slot != asked.Slot ? asked.Kind == VendRowKind.Session ? "door" : "slot"
        : known.Sku != asked.Sku ? "sku"
        : known.PriceFen != asked.PriceFen ? "priceFen"
        : asked.Kind == VendRowKind.Vend && !known.Basket.SequenceEqual(asked.Basket) ? "lines"
        : null;

    private StockBook Stock(CabinetPlan plan) => _stock ??= StockBook.Count(_store, plan);
}
