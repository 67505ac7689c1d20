using KioskFleet.Service.Broker;

namespace KioskFleet.Service.Fleet;

/// <summary>A cabinet as the API shows it.</summary>
/// <param name="CabinetId">The cabinet.</param>
/// <param name="Life">Its state now.</param>
/// <param name="ClosedUntilUtc">End of a closure, or null.</param>
/// <param name="RegisteredUtc">When it was registered.</param>
/// <param name="Connected">Whether it is connected, as far as the broker link knows.</param>
/// <param name="KeyIds">Names of its public keys, oldest first.</param>
/// <param name="Assignments">Its assignments in order of time; the last one is in force.</param>
/// <param name="Kind">How it hands goods out, and what it can and cannot enforce.</param>
/// <param name="Presence">Whether it is connected by its own word and its last will, and since when.</param>
internal sealed record CabinetView(
    string CabinetId, string Life, DateTimeOffset? ClosedUntilUtc, DateTimeOffset RegisteredUtc, bool Connected,
    IReadOnlyList<string> KeyIds, IReadOnlyList<AssignmentView> Assignments, CabinetKindView Kind,
    PresenceView Presence)
{
    /// <summary>Shows a cabinet.</summary>
    public static CabinetView Of(CabinetModel cabinet, long nowUtcMs, bool connected, PresenceView presence)
    {
        var life = cabinet.LifeAt(nowUtcMs);
        return new CabinetView(
            cabinet.Id.Value, life.ToString(),
            life == CabinetLife.ClosedUntil ? Time(cabinet.ClosedUntilUtcMs) : null,
            DateTimeOffset.FromUnixTimeMilliseconds(cabinet.RegisteredUtcMs), connected,
            [.. cabinet.Keys.Select(k => k.Id.ToString())], [.. cabinet.Assignments.Select(AssignmentView.Of)],
            CabinetKindView.Of(cabinet.Kind), presence);
    }

    private static DateTimeOffset? Time(long? utcMs) =>
        utcMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}

/// <summary>A cabinet's connection as the API shows it.</summary>
/// <param name="State">Unknown, Online, Offline, or Silent: its end was not told and nothing was heard for
/// long.</param>
/// <param name="SinceUtc">Since when, as far as the service knows; null while unknown.</param>
internal sealed record PresenceView(string State, DateTimeOffset? SinceUtc)
{
    /// <summary>Shows what the book says.</summary>
    public static PresenceView Of((PresenceState State, long? SinceUtcMs) presence) => new(
        presence.State.ToString(),
        presence.SinceUtcMs is { } since ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null);
}

/// <summary>What of the broker link a view of a cabinet shows.</summary>
internal sealed record LinkLook(IBrokerLink Link, PresenceBook Presence, TimeProvider Time)
{
    /// <summary>Shows a cabinet as it is now.</summary>
    public CabinetView View(CabinetModel cabinet) => CabinetView.Of(
        cabinet, Time.GetUtcNow().ToUnixTimeMilliseconds(), Link.IsConnected(cabinet.Id),
        PresenceView.Of(Presence.StateOf(cabinet.Id)));
}

/// <summary>An assignment as the API shows it.</summary>
/// <param name="AssignmentId">Its number.</param>
/// <param name="OperatorId">The operator.</param>
/// <param name="County">The county's code.</param>
/// <param name="SiteName">The place.</param>
/// <param name="SiteKind">The kind of place.</param>
/// <param name="FromUtc">Beginning, inclusive.</param>
/// <param name="ToUtc">End, exclusive; null while it is in force.</param>
internal sealed record AssignmentView(
    long AssignmentId, string OperatorId, string County, string SiteName, string SiteKind, DateTimeOffset FromUtc,
    DateTimeOffset? ToUtc)
{
    /// <summary>Shows an assignment.</summary>
    public static AssignmentView Of(AssignmentModel a) => new(
        a.AssignmentId, a.OperatorId, a.County.Value, a.SiteName, a.SiteKind,
        DateTimeOffset.FromUnixTimeMilliseconds(a.FromUtcMs),
        a.ToUtcMs is { } to ? DateTimeOffset.FromUnixTimeMilliseconds(to) : null);
}
