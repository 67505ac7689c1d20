using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Identity;
using KioskFleet.Service.Ledger;
using KioskFleet.Service.Storage;

namespace KioskFleet.Simulators.Fleet;

/// <summary>An entry of an agent's journal.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Hash">The chain's hash at it.</param>
/// <param name="Bytes">Its canonical bytes.</param>
internal readonly record struct RecordedRow(
    CabinetId Cabinet, JournalId Journal, ulong Seq, Digest Hash, ReadOnlyMemory<byte> Bytes);

/// <summary>A row of the ledger.</summary>
/// <param name="Cabinet">The cabinet whose journal it is.</param>
/// <param name="Journal">The journal.</param>
/// <param name="Seq">Its number.</param>
/// <param name="Hash">The hash stored beside it.</param>
/// <param name="Bytes">The bytes stored.</param>
/// <param name="State">How it counts.</param>
/// <param name="AmountFen">The paid amount of a sale over all classes as judged at commit, in fen.</param>
internal readonly record struct CommittedRow(
    CabinetId Cabinet, JournalId Journal, ulong Seq, Digest Hash, byte[] Bytes, EntryState State, long AmountFen);

/// <summary>
/// Reads both ends of the way of a sale, each from its own file and by nothing that the other end uses.
/// </summary>
internal static class EntryRows
{
    /// <summary>The entries of every journal in an agent's data directory; the agent may run.</summary>
    public static IEnumerable<RecordedRow> OfAgent(CabinetId cabinet, string folder)
    {
        var options = new JournalOptions { DataDirectory = folder };
        foreach (var path in Directory.GetFiles(options.JournalsDirectory, "*.db").Order(StringComparer.Ordinal))
        {
            if (!JournalId.TryParse(Path.GetFileNameWithoutExtension(path), out var journal))
            {
                continue;
            }

            using var reader = new JournalReader(JournalConnection.Read(path, options));
            foreach (var row in reader.RowsAfter(0))
            {
                yield return new RecordedRow(cabinet, journal, row.Entry.Seq, row.Entry.Hash, row.Entry.Bytes);
            }
        }
    }

    /// <summary>The rows of a ledger in the order of commit; the service may run.</summary>
    public static IEnumerable<CommittedRow> OfLedger(FleetDatabase database)
    {
        using var connection = database.OpenReader();
        using var rows = connection.Prepare("""
            SELECT j.cabinet_id, j.journal_id, e.seq, e.hash, e.bytes, e.state,
                   e.aid_fen + e.ordinary_fen + e.unmapped_fen
            FROM entries e LEFT JOIN batches b USING (batch_id) LEFT JOIN journals j USING (journal_no)
            ORDER BY e.position
            """);
        while (rows.Next())
        {
            // A row whose batch or journal is gone belongs to nobody: it is found to be recorded nowhere.
            yield return new CommittedRow(
                rows.IsNull(0) ? default : CabinetId.Parse(rows.Text(0)),
                rows.IsNull(1) ? default : rows.Journal(1),
                (ulong)rows.Long(2),
                rows.Hash(3),
                rows.Bytes(4).ToArray(),
                (EntryState)rows.Long(5),
                rows.Long(6));
        }
    }
}
