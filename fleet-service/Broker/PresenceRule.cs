using KioskFleet.Protocol.Presence;

namespace KioskFleet.Service.Broker;

/// <summary>What is known of a cabinet's connection.</summary>
/// <param name="Session">The newest session's number.</param>
/// <param name="IsOnline">True while it lasts.</param>
/// <param name="SinceUtcMs">Since when, as far as the service knows; Unix milliseconds UTC.</param>
internal sealed record CabinetPresence(ulong Session, bool IsOnline, long SinceUtcMs);

/// <summary>
/// Takes the word of a session. Words may come late, twice and in any order: over a shared subscription, from what a
/// broker kept, as a will of a connection that nobody missed. The newest session counts, and in a session its end is
/// final, so every order ends in the same state. Pure.
/// </summary>
internal static class PresenceRule
{
    /// <summary>What is known after a word; null when it changes nothing.</summary>
    /// <param name="known">What was known, or null.</param>
    /// <param name="note">The word.</param>
    /// <param name="wasKept">True when a broker kept it and it may be old.</param>
    /// <param name="nowUtcMs">The service's clock, Unix milliseconds UTC.</param>
    public static CabinetPresence? Next(CabinetPresence? known, PresenceNote note, bool wasKept, long nowUtcMs)
    {
        if (known is not null && (note.Session < known.Session
            || (note.Session == known.Session && (note.Online || !known.IsOnline))))
        {
            return null;
        }

        // A kept word tells when the session began by the cabinet's clock; never before what was known, nor after now.
        var since = wasKept && note.Online && known is not null
            ? Math.Max(Math.Min(note.BegunWallUtcMs, nowUtcMs), Math.Min(known.SinceUtcMs, nowUtcMs))
            : nowUtcMs;
        return new CabinetPresence(note.Session, note.Online, since);
    }
}
