using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>The first entry that is not what the chain says.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Why">What is wrong, in English.</param>
internal sealed record BadEntry(ulong Seq, string Why);

/// <summary>What a check of a journal's own chain found.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="FirstSeq">The first entry checked.</param>
/// <param name="Checked">Entries checked and found good, before the first bad one.</param>
/// <param name="Tail">The last good head.</param>
/// <param name="FirstBad">Null when the whole chain holds.</param>
internal sealed record ChainReport(JournalId Journal, ulong FirstSeq, ulong Checked, Head Tail, BadEntry? FirstBad)
{
    /// <summary>True when every entry is what the chain says.</summary>
    public bool IsWhole => FirstBad is null;
}
