using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>A cabinet's disk: its journals, of which the last is written. Everything in it is fsynced.</summary>
internal sealed class CabinetDisk
{
    private readonly List<JournalFile> _journals;

    /// <summary>Makes a disk with one empty journal.</summary>
    public CabinetDisk(CabinetId cabinet, JournalId journal)
    {
        Cabinet = cabinet;
        _journals = [new JournalFile(journal)];
    }

    private CabinetDisk(CabinetDisk source)
    {
        Cabinet = source.Cabinet;
        _journals = [.. source._journals.Select(journal => journal.Copy())];
        Retired = [.. source.Retired];
    }

    /// <summary>
    /// What retention has deleted. Retention takes 400 days and no sales program repeats itself that late, but
    /// simulated days are short: the agent goes on to know these.
    /// </summary>
    public List<Report> Retired { get; } = [];

    /// <summary>Whose disk it is.</summary>
    public CabinetId Cabinet { get; }

    /// <summary>All journals, oldest first.</summary>
    public IReadOnlyList<JournalFile> Journals => _journals;

    /// <summary>The journal that is written.</summary>
    public JournalFile Active => _journals[^1];

    /// <summary>An image of the disk.</summary>
    public CabinetDisk Copy() => new(this);

    /// <summary>Makes a successor the journal that is written.</summary>
    public void Switch(JournalFile successor) => _journals.Add(successor);

    /// <summary>True when a predecessor's entries were carried over and their copies are still here.</summary>
    public bool IsCarriedOver(JournalFile journal) =>
        journal.CarriedInto is { } into && _journals.Exists(j => j.Id == into);

    /// <summary>The file is gone.</summary>
    public void Lose(JournalFile journal) => _journals.Remove(journal);

    /// <summary>
    /// Reports that this disk can still give to the service: readable, in the active journal or in a predecessor up to
    /// the head where it was closed.
    /// </summary>
    public IEnumerable<Report> Reachable() =>
        from journal in _journals
        where !IsCarriedOver(journal)
        from entry in journal.Entries
        where entry.Report is not null && entry.Seq <= journal.Tail.Seq && journal.IsReadable(entry.Seq)
        select entry.Report;
}
