using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Gate;

/// <summary>Finds where counting begins, and whether the journals hold everything since.</summary>
internal static class BasisSearch
{
    /// <summary>Where counting begins for a config.</summary>
    /// <param name="applied">The config.</param>
    /// <param name="journals">All journals that are here, oldest first.</param>
    public static CountingBasis Of(AppliedConfig applied, List<JournalFile> journals)
    {
        var figures = applied.Config.Figures;
        var index = figures.HasHead ? journals.FindIndex(journal => journal.Id == figures.Journal) : -1;
        if (figures.HasHead && index < 0)
        {
            return Safely(applied, journals, BasisKind.JournalNotHere);
        }

        if (figures.HasHead && HeadAt(journals[index], figures.Head.Seq) != figures.Head)
        {
            return Safely(applied, journals, BasisKind.HeadNotHeld);
        }

        for (var i = index + 1; i < journals.Count; i++)
        {
            if (MayLack(journals[i], i == 0 ? null : journals[i - 1]))
            {
                return Safely(applied, journals, BasisKind.EntriesLost);
            }
        }

        var head = figures.HasHead ? new EntryOrigin(figures.Journal, figures.Head.Seq) : default;
        return new CountingBasis(BasisKind.Exact, head, Order(journals));
    }

    /// <summary>A successor of a journal that was lost or damaged may lack what lay behind the named head.</summary>
    private static bool MayLack(JournalFile journal, JournalFile? before) => SuccessionOf(journal) is { } succession
        ? succession.Reason is SuccessionReason.Corrupt or SuccessionReason.Lost
            || (before is not null && (succession.Predecessor != before.Id
                || before.Facts.Tail.Seq < succession.LastCommon.Seq))
        : before is not null;

    /// <summary>Counting on the safe side, from where the journals stood when the config was applied.</summary>
    public static CountingBasis Safely(AppliedConfig applied, List<JournalFile> journals, BasisKind why) =>
        new(why, applied.AppliedAt, Order(journals));

    /// <summary>All journals in their order, also those of which only the successor's first entry tells.</summary>
    private static List<JournalId> Order(List<JournalFile> journals)
    {
        var order = new List<JournalId>();
        foreach (var journal in journals)
        {
            if (SuccessionOf(journal) is { } succession && !order.Contains(succession.Predecessor))
            {
                order.Add(succession.Predecessor);
            }

            order.Add(journal.Id);
        }

        return order;
    }

    private static SuccessionBody? SuccessionOf(JournalFile journal) => journal.EntryAt(1) is { } first
        && EntryCodec.TryDecode(first.Bytes.Span, out _, out var body, out _)
            ? body as SuccessionBody
            : null;

    /// <summary>The head at a number; null also where a closed journal is damaged.</summary>
    private static Head? HeadAt(JournalFile journal, ulong seq)
    {
        try
        {
            return journal.HeadAt(seq);
        }
        catch (JournalDamagedException) when (journal.IsClosed)
        {
            return null;
        }
    }
}
