using KioskFleet.Protocol.Configs;

namespace KioskFleet.Service.Enforcement;

/// <summary>A time in which a cabinet's gate refused, and the configs by which it may have done so.</summary>
/// <param name="FromUtcMs">Its beginning, Unix milliseconds UTC.</param>
/// <param name="ThroughUtcMs">Its last moment.</param>
/// <param name="Configs">The configs, oldest first; nobody knows which of them was at work when.</param>
internal sealed record Stretch(long FromUtcMs, long ThroughUtcMs, IReadOnlyList<ToldConfig> Configs);

/// <summary>A time in which nothing is held against a cabinet, Unix milliseconds UTC, end exclusive.</summary>
internal readonly record struct ExcusedTime(long FromUtcMs, long UntilUtcMs)
{
    /// <summary>True inside.</summary>
    public bool Contains(long utcMs) => FromUtcMs <= utcMs && utcMs < UntilUtcMs;
}

/// <summary>What people excused at a cabinet, whatever it had heard of it.</summary>
/// <param name="Times">When it was exempt.</param>
/// <param name="Skus">When a SKU was essential there.</param>
internal sealed record Excused(IReadOnlyList<ExcusedTime> Times, ILookup<string, ExcusedTime> Skus);

/// <summary>What a cabinet sold against its config in a window. Amounts in fen.</summary>
/// <param name="Stretch">The stretch that it was judged by.</param>
/// <param name="Sales">What was compared.</param>
/// <param name="ExemptFen">Ordinary products that were excused.</param>
/// <param name="ExcessFen">Ordinary products beyond headroom and allowance; 0 when there were none.</param>
/// <param name="DeniedSales">Sales with ordinary products that the gate had denied.</param>
/// <param name="DeniedFen">The ordinary amount of these.</param>
internal sealed record RestrictionVerdict(
    Stretch Stretch, RestrictedSales Sales, long ExemptFen, long ExcessFen, int DeniedSales, long DeniedFen)
{
    /// <summary>How much was sold against the rule, when more sales than allowed were made in spite of a denial.
    /// </summary>
    /// <param name="allowedDenied">How many such sales the policy passes over.</param>
    public long AgainstFen(int allowedDenied) =>
        Math.Max(ExcessFen, DeniedSales > allowedDenied ? Math.Max(1, DeniedFen) : 0);
}

/// <summary>
/// Judges a restricted cabinet by the configs that it may have worked by, and there by the kindest word of each on each
/// thing: the least threshold, the largest allowance, every exemption, and as aid what one of them or the ledger calls
/// so. Nobody is accused by a rule that it never heard. Pure.
/// </summary>
internal static class RestrictionRule
{
    /// <summary>
    /// The stretches of a cabinet: for each restricting config that binds it the time in which it certainly worked by
    /// just this one, and the time since in which it may also have worked by what it was told later. The latter ends
    /// where a config restricts no more, or cannot be compared.
    /// </summary>
    /// <param name="told">What it was told, oldest first.</param>
    /// <param name="countFromUtcMs">Beginning of its operator's time: configs of another one's are not its.</param>
    public static IReadOnlyList<Stretch> StretchesOf(IReadOnlyList<ToldConfig> told, long countFromUtcMs)
    {
        var stretches = new List<Stretch>();
        for (var i = 0; i < told.Count; i++)
        {
            var config = told[i].Config;
            if (told[i].BindsUtcMs is not { } binds || config.Mode != GateMode.Restrict
                || config.Figures.CountFromUtcMs != countFromUtcMs)
            {
                continue;
            }

            var from = Math.Max(
                binds + (long)EnforcementLimits.OpenApproval.TotalMilliseconds, config.RestrictFromUtcMs);
            if (told[i].ReportedUtcMs is { } reported && reported > from)
            {
                stretches.Add(new Stretch(from, reported, [told[i]]));
            }

            var end = i + 1;
            while (end < told.Count && IsLike(told[end].Config, config))
            {
                end++;
            }

            var through = end < told.Count ? told[end].PlannedUtcMs - 1 : long.MaxValue;
            stretches.Add(new Stretch(from, through, [.. told.Skip(i).Take(end - i)]));
        }

        return stretches;
    }

    /// <summary>Judges what was sold in a window.</summary>
    /// <param name="stretch">By which stretch.</param>
    /// <param name="window">The window, of the kind of its configs.</param>
    /// <param name="sold">What the cabinet sold.</param>
    /// <param name="excused">What people excused.</param>
    public static RestrictionVerdict Judge(Stretch stretch, BusinessWindow window, SoldLines sold, Excused excused)
    {
        var policy = stretch.Configs[0].Config.Policy;

        // A rolling window is another one each day: by it only its last day is judged.
        var first = BusinessWindow.IsRolling(policy.Window) ? window.Last : window.First;
        var from = Math.Max(stretch.FromUtcMs, BusinessWindow.StartUtcMs(first, policy.ZoneOffsetMinutes));
        var end = BusinessWindow.StartUtcMs(window.Last.AddDays(1), policy.ZoneOffsetMinutes);
        var mayHold = stretch.Configs.Where((told, i) => i == 0 || told.PlannedUtcMs < end).ToList();
        var sums = new Sums(mayHold, from, stretch.ThroughUtcMs, excused);
        foreach (var line in sold.Lines.Where(line => window.Contains(line.Day)))
        {
            sums.Add(line);
        }

        var sales = new RestrictedSales(sums.BeforeAidFen, checked(sums.BeforeAidFen + sums.BeforeOrdinaryFen),
            sums.AidFen, sums.OrdinaryFen, mayHold.Max(told => AllowanceOf(told.Config, window, sold)),
            mayHold.Min(told => told.Config.Policy.ThresholdOf(window)));
        return new RestrictionVerdict(stretch, sales, sums.ExemptFen, BeyondLimitRule.ExcessFen(sales),
            sums.Denied.Count, sums.DeniedFen);
    }

    /// <summary>True for the same restriction: one that restricts no more has no such moment.</summary>
    private static bool IsLike(CabinetConfig later, CabinetConfig first) =>
        later.RestrictFromUtcMs == first.RestrictFromUtcMs && later.Policy.Window == first.Policy.Window
        && later.Figures.CountFromUtcMs == first.Figures.CountFromUtcMs;

    /// <summary>The allowance as the gate has it, see the agent's <c>MarginRule</c>.</summary>
    private static long AllowanceOf(CabinetConfig config, BusinessWindow window, SoldLines sold)
    {
        if (window.First <= config.Figures.Window.First || BusinessWindow.IsRolling(config.Policy.Window))
        {
            return config.Figures.AllowanceFen;
        }

        var before = config.Policy.WindowOf(window.First.AddDays(-1));
        return config.Policy.AllowanceAfter(
            sold.TurnoverFen.Where(day => before.Contains(day.Key)).Sum(day => day.Value));
    }

    private sealed class Sums(List<ToldConfig> mayHold, long fromUtcMs, long throughUtcMs, Excused excused)
    {
        private readonly List<(long Planned, CabinetConfig Config, Dictionary<string, SkuClass> Classes,
            Dictionary<string, ExemptSku> Exempt)> _told =
        [
            .. mayHold.Select((told, i) => (i == 0 ? long.MinValue : told.PlannedUtcMs, told.Config,
                told.Config.Skus.ToDictionary(sku => sku.Sku, StringComparer.Ordinal),
                told.Config.ExemptSkus.ToDictionary(sku => sku.Sku, StringComparer.Ordinal))),
        ];

        public HashSet<long> Denied { get; } = [];

        public long BeforeAidFen { get; private set; }

        public long BeforeOrdinaryFen { get; private set; }

        public long AidFen { get; private set; }

        public long OrdinaryFen { get; private set; }

        public long ExemptFen { get; private set; }

        public long DeniedFen { get; private set; }

        public void Add(SoldLine line)
        {
            var isAid = line.IsAid || _told.Any(told =>
                told.Classes.GetValueOrDefault(line.Sku)?.At(line.UtcMs).Class == GateClass.Aid);
            var net = line.PaidFen - line.Refunds.Sum(refund => refund.Fen);
            if (line.UtcMs < fromUtcMs)
            {
                // Aid that is given back later is not the gate's doing: it cannot undo what it let through before.
                BeforeAidFen += isAid
                    ? line.PaidFen - line.Refunds.Where(refund => refund.UtcMs < fromUtcMs).Sum(refund => refund.Fen)
                    : 0;
                BeforeOrdinaryFen += isAid ? 0 : net;
            }
            else if (isAid)
            {
                AidFen = checked(AidFen + line.PaidFen);
            }
            else if (line.UtcMs <= throughUtcMs && IsExcused(line))
            {
                ExemptFen = checked(ExemptFen + line.PaidFen);
            }
            else if (line.UtcMs <= throughUtcMs)
            {
                OrdinaryFen = checked(OrdinaryFen + net);
                DeniedFen += line.WasDenied ? line.PaidFen : 0;
                _ = line.WasDenied && Denied.Add(line.Sale);
            }
        }

        private bool IsExcused(SoldLine line) =>
            excused.Times.Any(time => time.Contains(line.UtcMs))
            || excused.Skus[line.Sku].Any(time => time.Contains(line.UtcMs))
            || _told.Any(told => told.Planned <= line.UtcMs && (line.UtcMs < told.Config.ExemptUntilUtcMs
                || (told.Exempt.TryGetValue(line.Sku, out var exempt) && exempt.HoldsAt(line.UtcMs))));
    }
}
