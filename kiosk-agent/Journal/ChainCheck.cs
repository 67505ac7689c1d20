using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>Walks rows and says where their chain first breaks. Pure but for the rows it is given.</summary>
internal static class ChainCheck
{
    /// <summary>Checks the rows behind a known head.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="start">The head in front of the first row.</param>
    /// <param name="startSums">The running sums there; null when they are not known: then the first row's are
    /// believed.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="expected">The head at which they must end; null: wherever they do.</param>
    public static ChainReport Run(
        JournalId journal, Head start, RunningSums? startSums, IEnumerable<EntryRow> rows, Head? expected)
    {
        var chain = new HashChain();
        var head = start;
        var sums = startSums;
        BadEntry? bad = null;
        try
        {
            foreach (var row in rows)
            {
                bad = Why(chain, head, sums, row) is { } why ? new BadEntry(head.Seq + 1, why) : null;
                if (bad is not null)
                {
                    break;
                }

                head = row.Head;
                sums = row.Sums;
            }
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            bad = new BadEntry(head.Seq + 1, $"The file cannot be read here: {error.Message}");
        }
        catch (JournalDamagedException error)
        {
            bad = new BadEntry(head.Seq + 1, error.Message);
        }

        if (bad is null && expected is { } end && head != end)
        {
            bad = new BadEntry(head.Seq + 1, $"The journal should go on to {end.Seq}.");
        }

        return new ChainReport(journal, start.Seq + 1, head.Seq - start.Seq, head, bad);
    }

    private static string? Why(HashChain chain, Head head, RunningSums? sums, in EntryRow row)
    {
        var entry = row.Entry;
        if (entry.Seq != head.Seq + 1)
        {
            return $"The entry is missing: the next one is {entry.Seq}.";
        }

        if (chain.Next(head.Hash, entry.Bytes.Span) != entry.Hash)
        {
            return "Its bytes do not lead from the hash before it to its own hash.";
        }

        if (EntryHeader.PeekSeq(entry.Bytes.Span) != entry.Seq)
        {
            return "Its bytes state another number than its row.";
        }

        EntryCodec.TryDecode(entry.Bytes.Span, out _, out var body, out var reason);
        var facts = EntryFacts.Of(reason == QuarantineReason.None ? body : null);
        if (EntryFacts.KeyOf(facts.IdKind, facts.Id) != row.IdKey)
        {
            return "The key beside it is not that of its id.";
        }

        return sums is { } before && JournalWriter.Add(before, facts.Adds) != row.Sums
            ? "The running sums beside it are not those of the entries."
            : null;
    }
}
