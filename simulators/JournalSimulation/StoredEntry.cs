using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Simulators.JournalSimulation;

/// <summary>What a sales program reports under an id of its own.</summary>
/// <param name="Cabinet">The cabinet.</param>
/// <param name="Kind">Sale, refund or non-sale.</param>
/// <param name="Id">Vend id or refund number.</param>
/// <param name="Fen">The amount, in fen.</param>
internal sealed record Report(CabinetId Cabinet, EntryKind Kind, string Id, long Fen);

/// <summary>An entry as a journal file holds it. Immutable, so copies of disks share it.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Bytes">The canonical bytes.</param>
/// <param name="Hash">The chain's hash behind it.</param>
/// <param name="Report">What it reports; null for a Succession, a Gap, or a kind nobody here knows.</param>
internal sealed record StoredEntry(ulong Seq, byte[] Bytes, Digest Hash, Report? Report);
