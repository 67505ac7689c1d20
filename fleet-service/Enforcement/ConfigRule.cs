using System.Globalization;
using System.Text;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Service.Enforcement;

/// <summary>
/// What a cabinet's config says, and when another one must replace it. A config is sent only when its content changed,
/// and figures alone do not change it as long as the cabinet knows them by itself: it adds its own sales. Pure.
/// </summary>
internal static class ConfigRule
{
    /// <summary>
    /// The mode of a cabinet that stands somewhere. An announced restriction acts at the cabinet by itself, also
    /// offline. Where its moment has come and nothing says that the breach still stands, the gate only warns.
    /// </summary>
    /// <param name="at">Where it stands.</param>
    /// <param name="isExempt">True while it is exempt: then the gate observes, and goes on afterwards.</param>
    /// <param name="nowUtcMs">Now, Unix milliseconds UTC.</param>
    public static GateMode ModeOf(LadderState at, bool isExempt, long nowUtcMs) => at.Rung switch
    {
        Rung.Observing => GateMode.Observe,
        Rung.Warned => GateMode.Warn,
        Rung.Announced when !isExempt && at.ActsFromUtcMs <= nowUtcMs => GateMode.Warn,
        Rung.Announced or Rung.Restricted => GateMode.Restrict,
        _ => throw new ArgumentOutOfRangeException(nameof(at), at.Rung, "is no rung."),
    };

    /// <summary>Everything of a config but its figures, as one text to compare.</summary>
    /// <param name="config">The config.</param>
    /// <param name="skuKey">Stands for its lists of SKUs, which many cabinets share.</param>
    public static string FrameOf(CabinetConfig config, string skuKey)
    {
        var policy = config.Policy;
        var words = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{skuKey}|{config.Kind}|{config.Mode}|")
            .Append(CultureInfo.InvariantCulture, $"{config.RestrictFromUtcMs}|{config.ExemptUntilUtcMs}|")
            .Append(CultureInfo.InvariantCulture, $"{policy.PolicyVersion}|{policy.Window}|{policy.ZoneOffsetMinutes}|")
            .Append(CultureInfo.InvariantCulture, $"{policy.AllowanceFen}|{policy.AllowanceBasisPoints}|")
            .Append(CultureInfo.InvariantCulture, $"{policy.WarningMarginBasisPoints}");
        foreach (var threshold in policy.Thresholds)
        {
            words.Append(CultureInfo.InvariantCulture, $"|{threshold.From.DayNumber}:{threshold.BasisPoints}");
        }

        return Digest.Of(Encoding.UTF8.GetBytes(words.Append('|').Append(policy.PolicyId).ToString())).ToString();
    }

    /// <summary>Stands for lists of SKUs: equal lists have equal keys.</summary>
    public static string SkuKeyOf(IReadOnlyList<SkuClass> skus, IReadOnlyList<ExemptSku> exemptSkus)
    {
        var words = new StringBuilder();
        foreach (var sku in skus)
        {
            words.Append(CultureInfo.InvariantCulture, $"{sku.Sku.Length}:{sku.Sku}");
            foreach (var span in sku.Spans)
            {
                words.Append(CultureInfo.InvariantCulture, $"@{span.FromUtcMs}{span.Class}{span.IsBlocked}");
            }
        }

        words.Append('#');
        foreach (var exempt in exemptSkus)
        {
            words.Append(CultureInfo.InvariantCulture, $"{exempt.Sku.Length}:{exempt.Sku}@{exempt.UntilUtcMs}");
        }

        return Digest.Of(Encoding.UTF8.GetBytes(words.ToString())).ToString();
    }

    /// <summary>Why figures must be stated anew; null when the cabinet still knows them by itself.</summary>
    /// <param name="stated">The figures of the wanted config.</param>
    /// <param name="now">The figures that a config would have now.</param>
    /// <param name="isRolling">True for a window that moves on with every day.</param>
    /// <param name="isMember">True for a cabinet of a group: its allowance is its part of what the group has.</param>
    /// <param name="ownSince">
    /// What the cabinet's own journal added since the stated head to the days of the running window; asked for only
    /// when nothing else decides. Null: nobody needs to know exactly.
    /// </param>
    public static ReplanReason? MustRestate(
        GateFigures stated, GateFigures now, bool isRolling, bool isMember, Func<OwnSums>? ownSince)
    {
        // A cabinet that the ledger knew nothing of counts everything by itself.
        if ((stated.HasHead && stated.Journal != now.Journal) || stated.CountFromUtcMs != now.CountFromUtcMs
            || now.Head.Seq < stated.Head.Seq)
        {
            return ReplanReason.Journal;
        }

        var isOld = isRolling
            ? now.Window.Last >= stated.Window.Last.AddDays(EnforcementLimits.RollingFiguresDays)
            : now.Window != stated.Window;
        if (isOld)
        {
            return ReplanReason.Window;
        }

        if (isMember && stated.AllowanceFen != now.AllowanceFen)
        {
            return ReplanReason.Group;
        }

        if (ownSince is null)
        {
            return null;
        }

        if (stated.AllowanceFen != now.AllowanceFen)
        {
            // Sales of the window before came late.
            return ReplanReason.Figures;
        }

        var (known, actual, own) = (stated.In(now.Window), now.In(now.Window), ownSince());
        return known.AidFen + own.AidFen == actual.AidFen && known.TotalFen + own.TotalFen == actual.TotalFen
            ? null
            : ReplanReason.Figures;
    }
}
