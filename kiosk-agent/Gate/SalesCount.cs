using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Gate;

/// <summary>When an entry was recorded, as far as this cabinet can tell.</summary>
/// <param name="UtcMs">Corrected moment, Unix milliseconds UTC.</param>
/// <param name="IsProven">True when its boot heard the service's clock.</param>
internal readonly record struct EntryMoment(long UtcMs, bool IsProven);

/// <summary>A sale that a refund reverses.</summary>
/// <param name="Body">What was sold.</param>
/// <param name="Moment">When.</param>
/// <param name="Origin">Where it was recorded first.</param>
internal sealed record ReversedSale(SaleBody Body, EntryMoment Moment, EntryOrigin Origin);

/// <summary>
/// Adds the cabinet's own sales and refunds up by business day and class of the config. Kept twice: by the cabinet's
/// clock, and as if time had stood still at the last proven moment; a boot that never heard the service must keep the
/// rule both ways, so that a clock that was set forward opens no new allowance; and since nobody can tell into which
/// windows its sales fall, it lives on one allowance for all of them. Pure. Not thread-safe.
/// </summary>
internal sealed class SalesCount(AppliedConfig applied)
{
    private readonly CabinetConfig _config = applied.Config;
    private readonly Dictionary<(EntryOrigin Sale, byte Line), long> _refunded = [];

    /// <summary>By the cabinet's clock.</summary>
    public DaySums ByClock { get; } = new();

    /// <summary>With everything of unproven boots on the day of the last proven moment.</summary>
    public DaySums ByProven { get; } = new();

    /// <summary>
    /// What boots that never heard the service owe since the last proven entry, in fen × basis points, at most 0: the
    /// least that any stretch of theirs up to now sums to. Wherever windows begin and end in truth, no part of one is
    /// below it; aid pays it back and saves nothing up.
    /// </summary>
    public Int128 UnprovenDebt { get; private set; }

    /// <summary>The latest proven moment, Unix milliseconds UTC: now is not earlier.</summary>
    public long ProvenUtcMs { get; private set; } = applied.Config.ProvenUtcMs;

    /// <summary>A moment that the service's clock proves.</summary>
    public void Prove(long utcMs) => ProvenUtcMs = Math.Max(ProvenUtcMs, utcMs);

    /// <summary>Counts a sale; of one that the figures hold only whether it missed aid.</summary>
    public void AddSale(SaleBody sale, EntryMoment moment, Behind behind)
    {
        if (sale.Marks.HasFlag(SaleMarks.AidMissing))
        {
            NoteMissingAid(moment);
        }

        if (behind == Behind.No)
        {
            return;
        }

        Note(moment);
        if (moment.UtcMs < _config.Figures.CountFromUtcMs)
        {
            return;
        }

        long aid = 0, total = 0;
        foreach (var line in sale.Lines)
        {
            var isAid = applied.ClassOf(line.Sku, moment.UtcMs).Class == GateClass.Aid;
            aid = checked(aid + (isAid ? line.PaidFen : 0));
            total = checked(total + line.PaidFen);
        }

        // What may be counted already counts only where it costs headroom.
        var isSure = behind == Behind.Yes;
        var (countedAid, counted, turnover) = isSure ? (aid, total, total) : (0, total - aid, 0);
        ByClock.Add(_config.Policy.DayOf(moment.UtcMs), countedAid, counted, turnover);
        ByProven.Add(ProvenDayOf(moment), countedAid, counted, turnover);
        Owe(moment, countedAid, counted);
    }

    /// <summary>A sale brought less aid than its approval held, or may have.</summary>
    public void NoteMissingAid(EntryMoment moment)
    {
        if (moment.UtcMs >= _config.Figures.CountFromUtcMs)
        {
            ByClock.NoteMissingAid(_config.Policy.DayOf(moment.UtcMs));
            ByProven.NoteMissingAid(ProvenDayOf(moment));
        }
    }

    /// <summary>
    /// Counts a refund. Of ordinary goods at most what is left of the line's paid sum gives headroom back, whatever the
    /// order; of aid all of it takes headroom, as it does in the service's standing.
    /// </summary>
    /// <param name="refund">The refund.</param>
    /// <param name="moment">When it was made.</param>
    /// <param name="behind">How surely the figures miss it; one that they hold only uses its line up.</param>
    /// <param name="sale">The sale it reverses; null when it is not here: then it is taken for aid sold today.</param>
    public void AddRefund(RefundBody refund, EntryMoment moment, Behind behind, ReversedSale? sale)
    {
        var left = LeftOf(refund, sale);
        if (behind == Behind.No)
        {
            return;
        }

        Note(moment);
        if ((sale?.Moment ?? moment).UtcMs < _config.Figures.CountFromUtcMs)
        {
            return;
        }

        var isAid = sale is null || refund.Line >= sale.Body.Lines.Count
            || applied.ClassOf(sale.Body.Lines[refund.Line].Sku, sale.Moment.UtcMs).Class == GateClass.Aid;
        var amount = isAid ? refund.AmountFen : left;
        var reversed = sale?.Moment ?? moment;
        if (isAid || behind == Behind.Yes)
        {
            ByClock.Add(_config.Policy.DayOf(reversed.UtcMs), isAid ? -amount : 0, -amount, 0);
        }

        // On which day an unproven sale was held before is not known any more: only what costs headroom counts.
        if (isAid || (behind == Behind.Yes && reversed.IsProven))
        {
            ByProven.Add(ProvenDayOf(reversed), isAid ? -amount : 0, -amount, 0);
        }

        if (isAid)
        {
            Owe(reversed, -amount, -amount);
        }

        ByClock.Add(_config.Policy.DayOf(moment.UtcMs), 0, 0, -refund.AmountFen);
        ByProven.Add(ProvenDayOf(moment), 0, 0, -refund.AmountFen);
    }

    /// <summary>How much of a refund its line still holds, which it takes out.</summary>
    private long LeftOf(RefundBody refund, ReversedSale? sale)
    {
        if (sale is null || refund.Line >= sale.Body.Lines.Count)
        {
            return 0;
        }

        var line = (sale.Origin, refund.Line);
        var before = _refunded.GetValueOrDefault(line);
        var left = Math.Min(refund.AmountFen, sale.Body.Lines[refund.Line].PaidFen - before);
        _refunded[line] = before + left;
        return left;
    }

    private void Note(EntryMoment moment)
    {
        if (moment.IsProven)
        {
            // What unheard boots before it owe is dated now, as the service dates it.
            UnprovenDebt = 0;
            Prove(moment.UtcMs);
        }
    }

    private void Owe(EntryMoment moment, long aidFen, long totalFen)
    {
        if (!moment.IsProven)
        {
            var threshold = _config.Policy.ThresholdOf(_config.Policy.WindowOf(ProvenDayOf(moment)));
            UnprovenDebt = Int128.Min(0, UnprovenDebt + ShareMargin.Of(aidFen, totalFen, threshold));
        }
    }

    private DateOnly ProvenDayOf(EntryMoment moment) =>
        _config.Policy.DayOf(moment.IsProven ? moment.UtcMs : ProvenUtcMs);
}
