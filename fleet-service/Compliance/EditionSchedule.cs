using KioskFleet.Service.Places;
using KioskFleet.Service.Policies;

namespace KioskFleet.Service.Compliance;

/// <summary>What is known when it is asked which editions are due.</summary>
/// <param name="Days">Business days that ever had figures, with the look that saw them change last.</param>
/// <param name="Newest">The newest edition of each window that has one.</param>
/// <param name="Checks">The look of each window's last comparison.</param>
internal sealed record EditionCalendar(
    IReadOnlyDictionary<DateOnly, long> Days, IReadOnlyList<Edition> Newest,
    IReadOnlyDictionary<JudgingWindow, long> Checks)
{
    /// <summary>Days of which bills told otherwise.</summary>
    public IReadOnlyList<BilledDays> Billed { get; init; } = [];
}

/// <summary>Days, both ends in, of which bills told otherwise, with the look that saw it last.</summary>
internal readonly record struct BilledDays(DateOnly First, DateOnly Last, long Look);

/// <summary>
/// Says which editions are due: windows that policies judged by, that are over and past their provisional days and have
/// no final edition; and windows with an edition whose figures may have changed since. Pure.
/// </summary>
internal static class EditionSchedule
{
    /// <summary>
    /// From when the standings of a window are final: its end and the most provisional days of the policies that judge
    /// cabinets by it on its last day, or of all in force when it is nobody's window.
    /// </summary>
    public static DateTimeOffset FinalFrom(JudgingWindow window, PolicyBook book, BusinessZone zone)
    {
        var inForce = book.All.Where(p => p.VenueKind == PolicyBook.CabinetVenue && p.InForceOn(window.Last)).ToList();
        var own = inForce.Where(p => IsOwn(p, window)).ToList();
        var days = (own.Count > 0 ? own : inForce).Select(p => p.ProvisionalDays).DefaultIfEmpty(0).Max();
        return DateTimeOffset.FromUnixTimeMilliseconds(zone.StartOfUtcMs(window.To)).AddDays(days);
    }

    /// <summary>The windows to be looked at, oldest first.</summary>
    public static IReadOnlyList<JudgingWindow> Due(
        EditionCalendar calendar, PolicyBook book, BusinessZone zone, DateTimeOffset now)
    {
        var newest = calendar.Newest.ToDictionary(e => e.Window);
        var kinds = book.All.Where(p => p.VenueKind == PolicyBook.CabinetVenue).Select(p => p.Window).Distinct()
            .Where(k => !JudgingWindow.IsRollingKind(k)).ToList();
        var due = new HashSet<JudgingWindow>();
        foreach (var window in calendar.Days.Keys
            .SelectMany(day => kinds.Select(kind => JudgingWindow.Of(kind, day))).Distinct())
        {
            var judges = book.All.Any(p => p.VenueKind == PolicyBook.CabinetVenue && p.InForceOn(window.Last)
                && IsOwn(p, window));
            if (judges && now >= FinalFrom(window, book, zone) && newest.GetValueOrDefault(window) is not
                { Provisional: false })
            {
                due.Add(window);
            }
        }

        foreach (var edition in calendar.Newest.Where(e => !e.Provisional))
        {
            var look = calendar.Checks.GetValueOrDefault(edition.Window);
            if (calendar.Days.Any(d => d.Value > look && d.Key >= edition.Window.From && d.Key < edition.Window.To)
                || calendar.Billed.Any(b =>
                    b.Look > look && b.Last >= edition.Window.From && b.First < edition.Window.To))
            {
                due.Add(edition.Window);
            }
        }

        return [.. due.OrderBy(w => w.To).ThenBy(w => w.From).ThenBy(w => w.Name, StringComparer.Ordinal)];
    }

    private static bool IsOwn(Policy policy, JudgingWindow window) =>
        JudgingWindow.IsRollingKind(policy.Window)
            ? policy.Window == window.Name
            : JudgingWindow.Of(policy.Window, window.Last) == window;
}
