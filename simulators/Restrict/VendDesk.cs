using KioskFleet.Agent.Journal;
using KioskFleet.Agent.LocalApi;
using KioskFleet.Agent.Texts;
using KioskFleet.Agent.Vending;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Simulators.Restrict;

/// <summary>Goods that a customer wants.</summary>
/// <param name="Goods">The product.</param>
/// <param name="Quantity">Pieces.</param>
internal readonly record struct Wish(ShelfGoods Goods, int Quantity)
{
    /// <summary>A price that was agreed on for all of it, in fen; null: the list price.</summary>
    public long? AgreedFen { get; init; }

    /// <summary>What is paid, in fen.</summary>
    public long PaidFen => AgreedFen ?? Goods.PriceFen * Quantity;
}

/// <summary>A vend that was approved and has no outcome yet.</summary>
/// <param name="Id">The vend.</param>
/// <param name="Wishes">What was asked for.</param>
internal sealed record ApprovedVend(string Id, IReadOnlyList<Wish> Wishes);

/// <summary>A line that was delivered and may be given back.</summary>
/// <param name="VendId">The vend.</param>
/// <param name="Line">The line, from 0.</param>
/// <param name="Wish">What was sold.</param>
internal sealed record DeliveredLine(string VendId, int Line, Wish Wish);

/// <summary>
/// Plays a cabinet's sales program: asks the agent's gate, delivers only what it approved, and counts. It knows nothing
/// of shares. For one cabinet; not thread-safe.
/// </summary>
/// <param name="life">The cabinet's agent.</param>
/// <param name="tally">What is counted.</param>
/// <param name="progress">Told of what is recorded.</param>
internal sealed class VendDesk(CutOffCabinet life, RunTally tally, RestrictProgress progress)
{
    private readonly List<DeliveredLine> _delivered = [];
    private int _vends;

    /// <summary>What the last denial said may still be sold, in fen; null before the first.</summary>
    public long? HeadroomFen { get; private set; }

    /// <summary>What was delivered and not given back.</summary>
    public IReadOnlyList<DeliveredLine> Delivered => _delivered;

    /// <summary>Asks for goods; null when denied.</summary>
    public ApprovedVend? Ask(params IReadOnlyList<Wish> wishes)
    {
        var id = $"{life.Cabinet.Id}-v{++_vends:000000}";
        var request = wishes is [{ Quantity: 1 } one]
            ? new VendRequest(id, one.Goods.Slot, one.Goods.Sku, one.PaidFen)
            : VendRequest.For(id, [.. wishes.Select(static wish =>
                new VendLine(wish.Goods.Slot, wish.Goods.Sku, wish.Quantity, wish.PaidFen))]);
        var isAidAlone = wishes.All(static wish => wish.Goods.IsAid);
        tally.AidAsked += isAidAlone ? 1 : 0;
        switch (life.Agent.Flow.RequestVend(request))
        {
            case VendAnswer.Approved:
                tally.Approved++;
                return new ApprovedVend(id, wishes);
            case VendAnswer.Denied denied:
                Note(id, denied);
                tally.AidDenied += isAidAlone ? 1 : 0;
                return null;
            case var other:
                tally.AddProblem($"{id} was answered {other}");
                return null;
        }
    }

    /// <summary>The goods fell and were paid.</summary>
    public void Deliver(ApprovedVend vend)
    {
        var lines = vend.Wishes.Select(static wish => new SaleLine(wish.Goods.Slot, wish.Goods.Sku, wish.Goods.Name,
            wish.Quantity, wish.Goods.PriceFen, wish.PaidFen)).ToList();
        Recorded(vend.Id, life.Agent.Flow.Delivered(new DeliveredReport(
            vend.Id, lines, new Payment(PaymentMethod.WeChat, vend.Id, "T" + vend.Id))));
        _delivered.AddRange(vend.Wishes.Select((wish, line) => new DeliveredLine(vend.Id, line, wish)));
        foreach (var wish in vend.Wishes)
        {
            progress.Sold(wish.PaidFen, wish.Goods.IsAid);
        }
    }

    /// <summary>The goods did not fall, and the money went back.</summary>
    public void Fail(ApprovedVend vend)
    {
        tally.Failed++;
        Recorded(vend.Id, life.Agent.Flow.Outcome(new OutcomeReport(vend.Id, DeliveryState.Failed,
            PaymentOutcome.FailRefundSuccess, vend.Wishes.Sum(static wish => wish.PaidFen), "")));
    }

    /// <summary>Gives the money of a line back.</summary>
    public void GiveBack(DeliveredLine line)
    {
        _delivered.Remove(line);
        tally.Refunds++;
        var number = $"{line.VendId}-r{line.Line}";
        if (line.Wish.Goods.IsAid)
        {
            tally.AddAidRefund(number);
        }

        Recorded(number, life.Agent.Flow.Refund(new RefundReport(number, new SaleReference.ByVendId(line.VendId),
            line.Line, line.Wish.PaidFen, line.Wish.Quantity, "", "")));
    }

    private void Note(string id, VendAnswer.Denied denied)
    {
        if (denied.Reason != DenialReason.OrdinaryLimit)
        {
            tally.AddProblem($"{id} was denied for {denied.Reason}");
            return;
        }

        tally.Denied++;
        HeadroomFen = denied.HeadroomFen;
        var texts = new[] { Language.Chinese, Language.English }
            .Select(language => Problems.Of(denied.Reason, denied.HeadroomFen, language)).ToList();
        var isTold = texts.TrueForAll(static text => text.Title.Length > 0 && text.Detail.Length > 0)
            && texts[0].Title != texts[1].Title && texts[0].Title.Any(static letter => letter >= '\u4e00');
        tally.DenialsWithoutText += isTold ? 0 : 1;
    }

    private void Recorded(string id, RecordAnswer answer)
    {
        if (answer is not RecordAnswer.Recorded)
        {
            tally.AddProblem($"{id} was not recorded: {answer}");
            return;
        }

        tally.Recorded++;
        progress.Recorded();
    }
}
