using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>An entry as the journal holds it.</summary>
/// <param name="Seq">Its number, from 1.</param>
/// <param name="Hash">The chain's hash at it.</param>
/// <param name="Bytes">Its canonical bytes.</param>
internal readonly record struct StoredEntry(ulong Seq, Digest Hash, ReadOnlyMemory<byte> Bytes);
