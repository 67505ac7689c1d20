using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Journal;

/// <summary>Looking up single entries and vend rows.</summary>
internal sealed partial class JournalFile
{
    /// <summary>
    /// The entries of an id, newest first, as they stand here. Usually none or one; an outcome that became a sale
    /// gives two.
    /// </summary>
    public IReadOnlyList<StoredEntry> Find(IdKind kind, string id)
    {
        List<ulong> candidates;
        lock (_gate)
        {
            candidates = [.. _ids.Of(EntryFacts.KeyOf(kind, id))];
        }

        lock (_readGate)
        {
            return [.. candidates.Where(seq => seq <= _state.Tail.Seq)
                .Select(RowToShow)
                .Where(row => row is { } found && HasId(found.Entry, kind, id))
                .Select(row => row!.Value.Entry)];
        }
    }

    /// <summary>The entry at a number; null when it is not here.</summary>
    public StoredEntry? EntryAt(ulong seq)
    {
        lock (_readGate)
        {
            return seq <= _state.Tail.Seq ? RowToShow(seq)?.Entry : null;
        }
    }

    /// <summary>The vend rows of the file.</summary>
    public IReadOnlyList<VendRow> Vends()
    {
        lock (_readGate)
        {
            return Guarded(_reader.Vends);
        }
    }

    /// <summary>
    /// A row; null when it is not here. Damage in a closed file hides the row and says nothing of the current journal.
    /// </summary>
    private EntryRow? RowToShow(ulong seq)
    {
        try
        {
            return Guarded(() => _reader.RowAt(seq));
        }
        catch (JournalDamagedException) when (IsClosed)
        {
            return null;
        }
    }

    private static bool HasId(in StoredEntry entry, IdKind kind, string id)
    {
        EntryCodec.TryDecode(entry.Bytes.Span, out _, out var body, out _);
        var facts = EntryFacts.Of(body);
        return facts.IdKind == kind && facts.Id == id;
    }
}
