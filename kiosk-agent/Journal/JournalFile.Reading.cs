using KioskFleet.Protocol;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>Reading entries in order, each checked against the chain as it is read.</summary>
internal sealed partial class JournalFile
{
    /// <summary>Most boots of one read: their observations and the current boot's must fit into one batch.</summary>
    private const int MaxBootsPerRead = Limits.MaxClockObservations - 4;

    /// <summary>Observed boots behind a range that are stated with it, to bound the boots that heard nothing.</summary>
    private const int NextObservations = 3;

    /// <summary>
    /// The entries behind a number, in order, verified against the chain. Ends early at the limits and before more
    /// boots than a batch can state. Empty behind the tail, and before the anchor.
    /// </summary>
    /// <param name="afterSeq">A number from the anchor to the tail.</param>
    /// <param name="maxEntries">At least 1.</param>
    /// <param name="maxBytes">Limit for the entries' bytes, each with 4 for its length; the first always comes.</param>
    /// <exception cref="JournalDamagedException">An entry is not what the chain says; never for a closed
    /// journal.</exception>
    public IReadOnlyList<StoredEntry> Read(ulong afterSeq, int maxEntries, int maxBytes)
    {
        try
        {
            return HeadAt(afterSeq) is { } before ? ReadVerified(before, maxEntries, maxBytes) : [];
        }
        catch (JournalDamagedException error) when (IsClosed)
        {
            // What lies before the damage can be refilled; the rest ends here: a sender is not asked for it again.
            lock (_gate)
            {
                var good = error.Seq > afterSeq + 1 ? error.Seq - 1 : afterSeq;
                _state = _state with { Tail = ReadableHeadAt(good) ?? _state.Mark.Anchor };
            }

            return _state.Tail.Seq > afterSeq ? Read(afterSeq, maxEntries, maxBytes) : [];
        }
    }

    /// <summary>
    /// The observations to state beside a range: those of its boots, the next observed boots, the current boot's
    /// last; at most <see cref="Limits.MaxClockObservations"/>, in the order of their boots.
    /// </summary>
    public IReadOnlyList<ClockObservation> ClocksFor(ulong firstSeq, ulong lastSeq)
    {
        lock (_readGate)
        {
            var boots = Guarded(() => _reader.BootsOf(firstSeq, lastSeq));
            var last = _observations.FindLastIndex(o => boots.Contains(o.Boot));
            var current = _observations.FindIndex(o => o.Boot == _place.Clock.Boot);
            var chosen = new List<ClockObservation>();
            for (var i = 0; i < _observations.Count; i++)
            {
                var stated = boots.Contains(_observations[i].Boot) || (i > last && i <= last + NextObservations);
                if (stated && i != current)
                {
                    chosen.Add(_observations[i]);
                }
            }

            if (current >= 0)
            {
                chosen.Add(_observations[current]);
            }

            return chosen.Count <= Limits.MaxClockObservations ? chosen : chosen[^Limits.MaxClockObservations..];
        }
    }

    /// <summary>Checks the journal's own chain, from the anchor or behind a later number, to the tail.</summary>
    /// <param name="firstSeq">First entry to check.</param>
    public ChainReport Verify(ulong firstSeq = 1)
    {
        var state = _state;
        var after = Math.Max(firstSeq - 1, state.Mark.Anchor.Seq);
        lock (_readGate)
        {
            var start = after == state.Mark.Anchor.Seq ? state.Mark.Anchor : HeadAt(after) ?? state.Tail;
            RunningSums? sums = after == state.Mark.Anchor.Seq ? state.Mark.AnchorSums : null;
            return ChainCheck.Run(
                Id, start, sums, _reader.RowsAfter(start.Seq).TakeWhile(r => r.Entry.Seq <= state.Tail.Seq),
                state.Tail);
        }
    }

    private List<StoredEntry> ReadVerified(Head before, int maxEntries, int maxBytes)
    {
        var chain = new HashChain();
        var boots = new HashSet<BootId>();
        var entries = new List<StoredEntry>();
        var head = before;
        var bytes = 0;
        var tail = _state.Tail;
        lock (_readGate)
        {
            return Guarded(() =>
            {
                // Never a row more than the tail allows: what lies behind the tail of a closed journal may be damaged.
                var most = Math.Min(maxEntries, (long)(tail.Seq - Math.Min(tail.Seq, before.Seq)));
                foreach (var row in _reader.RowsAfter(before.Seq, most))
                {
                    var entry = row.Entry;
                    bytes += entry.Bytes.Length + 4;
                    if (entry.Seq > tail.Seq || (entries.Count > 0 && bytes > maxBytes))
                    {
                        break;
                    }

                    if (entry.Seq != head.Seq + 1 || chain.Next(head.Hash, entry.Bytes.Span) != entry.Hash)
                    {
                        throw new JournalDamagedException($"Entry {head.Seq + 1} breaks the chain.", head.Seq + 1);
                    }

                    if (EntryHeader.TryRead(entry.Bytes.Span, out var header, out _) && boots.Add(header.Time.Boot)
                        && boots.Count > MaxBootsPerRead)
                    {
                        break;
                    }

                    head = row.Head;
                    entries.Add(entry);
                }

                return entries.Count > 0 || tail.Seq == before.Seq
                    ? entries
                    : throw new JournalDamagedException($"Entry {head.Seq + 1} is missing.", head.Seq + 1);
            }, () => head.Seq + 1);
        }
    }
}
