using KioskFleet.Simulators.CityLoad;

namespace KioskFleet.Simulators.Restrict;

/// <summary>What befalls a cabinet while it is cut off.</summary>
internal enum InterruptionKind
{
    /// <summary>The agent is killed and starts again in the same boot.</summary>
    Kill,

    /// <summary>The power goes without a warning: a new boot with a right wall clock.</summary>
    PowerCut,

    /// <summary>A clean stop and a new boot with a right wall clock.</summary>
    Reboot,

    /// <summary>A new boot whose wall clock begins at 1970.</summary>
    ResetTo1970,

    /// <summary>A new boot whose wall clock begins at 2000.</summary>
    ResetTo2000,

    /// <summary>Somebody sets the wall clock back by hours or days; the boot goes on.</summary>
    StepBack,

    /// <summary>A new boot whose wall clock is weeks ahead, where a new window would open.</summary>
    RebootAhead,
}

/// <summary>An interruption.</summary>
/// <param name="AtUtc">When, UTC.</param>
/// <param name="Kind">What.</param>
internal readonly record struct Interruption(DateTimeOffset AtUtc, InterruptionKind Kind);

/// <summary>
/// Deals interruptions out: each kind to a cabinet of its own, so that a run that breaks names the kind. Pure.
/// </summary>
internal static class InterruptionPlan
{
    /// <summary>How far ahead the wall clock of <see cref="InterruptionKind.RebootAhead"/> is.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(40);

    /// <summary>Different fates; cabinets beyond them begin again.</summary>
    public const int Fates = 11;

    /// <summary>The interruptions of a cabinet in the order of time.</summary>
    /// <param name="options">The run.</param>
    /// <param name="cabinet">The cabinet's number, from 0.</param>
    public static IReadOnlyList<Interruption> Of(RestrictOptions options, int cabinet)
    {
        var chance = new Chance(options.Seed, (ulong)cabinet << 32 | 0xFA7E);
        var cut = RestrictOptions.CutUtc;

        // Some hour of the day at this part of the cut-off, in per cent.
        DateTimeOffset At(int percent) => cut.AddHours(options.Days * 24 * percent / 100 + chance.Below(20));
        Interruption[] all = (cabinet % Fates) switch
        {
            0 => [new(cut.AddDays(5).AddHours(-11), InterruptionKind.RebootAhead)],
            1 => [new(LastWindowMoment(options), InterruptionKind.RebootAhead)],
            2 => [new(At(40), InterruptionKind.Reboot)],
            3 => [new(At(35), InterruptionKind.ResetTo1970), new(At(35).AddHours(40), InterruptionKind.Reboot)],
            4 => [.. Enumerable.Range(1, 6).Select(i => new Interruption(At(14 * i), InterruptionKind.Kill))],
            5 => [new(At(20), InterruptionKind.StepBack), new(At(60), InterruptionKind.Kill),
                new(At(75), InterruptionKind.StepBack)],
            6 => [new(At(50), InterruptionKind.PowerCut), new(At(60), InterruptionKind.StepBack)],
            7 => [new(At(50), InterruptionKind.ResetTo2000), new(At(50).AddHours(30), InterruptionKind.PowerCut)],
            8 => [new(EarlyAhead, InterruptionKind.RebootAhead),
                new(EarlyAhead.AddDays(1), InterruptionKind.Reboot)],
            9 => [new(At(30), InterruptionKind.Kill), new(LastWindowMoment(options), InterruptionKind.RebootAhead)],
            _ => [],
        };
        return [.. all.OrderBy(static one => one.AtUtc)];
    }

    /// <summary>The morning after the cut-off; the clock then shows a Tuesday.</summary>
    private static DateTimeOffset EarlyAhead => RestrictOptions.CutUtc.AddHours(20);

    /// <summary>
    /// Late in the window in which the network comes back, when its allowance is spent: a clock ahead must not open
    /// another one, because everything sold by it is dated into that very window in the end.
    /// </summary>
    private static DateTimeOffset LastWindowMoment(RestrictOptions options)
    {
        var first = BusinessWeek.FirstDayOf(BusinessMonth.DayOf(options.EndUtc));
        var opened = new DateTimeOffset(first.ToDateTime(TimeOnly.MinValue), BusinessMonth.ShanghaiOffset);
        var since = options.EndUtc - opened;
        return options.EndUtc - (since / 2 < TimeSpan.FromHours(36) ? since / 2 : TimeSpan.FromHours(36));
    }
}
