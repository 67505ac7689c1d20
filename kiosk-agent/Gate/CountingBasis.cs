using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Gate;

/// <summary>How the cabinet's own sales are put on top of the config's figures.</summary>
internal enum BasisKind
{
    /// <summary>Exactly: the named head is held here, and everything behind it.</summary>
    Exact,

    /// <summary>On the safe side: the journal that the figures name is not on this cabinet.</summary>
    JournalNotHere,

    /// <summary>On the safe side: the journal holds another history at the named number, or ends before it.</summary>
    HeadNotHeld,

    /// <summary>On the safe side: between the named head and now a journal was lost or damaged.</summary>
    EntriesLost,
}

/// <summary>How surely an entry is missing in the config's figures.</summary>
internal enum Behind
{
    /// <summary>The figures hold it.</summary>
    No,

    /// <summary>They may hold it: it counts where it lowers the headroom, and not where it raises it.</summary>
    Perhaps,

    /// <summary>They do not hold it.</summary>
    Yes,
}

/// <summary>
/// Where counting begins and how. Exactly from the named head; else (after a damaged or lost journal, a restored disk
/// image) on the safe side: the service's credit and the allowance count as spent, entries recorded after the config
/// was applied count fully, earlier ones only against the headroom. Pure.
/// </summary>
/// <param name="Kind">Exactly, or why not.</param>
/// <param name="From">The named head, or where the journal stood when the config was applied.</param>
/// <param name="Order">All journals of the cabinet that are here, oldest first.</param>
internal sealed record CountingBasis(BasisKind Kind, EntryOrigin From, IReadOnlyList<JournalId> Order)
{
    /// <summary>True when nothing is doubtful.</summary>
    public bool IsExact => Kind == BasisKind.Exact;

    /// <summary>How surely an entry lies behind the beginning.</summary>
    /// <param name="journal">The journal it stands in.</param>
    /// <param name="seq">Its number there.</param>
    /// <param name="origin">Where it was recorded first; null: there.</param>
    public Behind PlaceOf(JournalId journal, ulong seq, EntryOrigin? origin)
    {
        // Without a journal the figures hold nothing.
        if (From.Journal == default && IsExact)
        {
            return Behind.Yes;
        }

        var first = origin ?? new EntryOrigin(journal, seq);
        var notBehind = IsExact && origin is null ? Behind.No : Behind.Perhaps;
        if (first.Journal == From.Journal)
        {
            return first.Seq > From.Seq ? Behind.Yes : IsExact ? Behind.No : Behind.Perhaps;
        }

        var (of, from) = (IndexOf(first.Journal), IndexOf(From.Journal));
        return of > from && from >= 0 ? Behind.Yes : notBehind;
    }

    private int IndexOf(JournalId journal)
    {
        for (var i = 0; i < Order.Count; i++)
        {
            if (Order[i] == journal)
            {
                return i;
            }
        }

        return -1;
    }
}
