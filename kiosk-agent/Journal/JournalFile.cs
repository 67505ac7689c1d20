using KioskFleet.Protocol;
using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Hellos;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// One journal: an append-only, hash-chained SQLite file. The current one is written; a closed predecessor is only
/// read, up to the last head it shares with the service. Thread-safe: one connection writes under a lock, another reads
/// under its own. Damage found while working throws <see cref="JournalDamagedException"/>; a closed file just ends
/// before it.
/// </summary>
internal sealed partial class JournalFile : IDisposable
{
    /// <summary>Most boots of one read: their observations and the current boot's must fit into one batch.</summary>
    private const int MaxBootsPerRead = Limits.MaxClockObservations - 4;

    /// <summary>Observed boots behind a range that are stated with it, to bound the boots that heard nothing.</summary>
    private const int NextObservations = 3;

    private readonly Lock _gate = new();
    private readonly Lock _readGate = new();
    private readonly SemaphoreSlim _appended = new(0, 1);
    private readonly IdIndex _ids = new();
    private readonly List<ClockObservation> _observations = [];
    private readonly JournalPlace _place;
    private readonly JournalReader _reader;
    private JournalWriter? _writer;
    private volatile JournalState _state;
    private (ulong Seq, long WallUtcMs) _oldestUnsent;

    private JournalFile(JournalPlace place, JournalReader reader, JournalWriter? writer, JournalState state)
    {
        _place = place;
        _reader = reader;
        _writer = writer;
        _state = state;
    }

    /// <summary>The journal.</summary>
    public JournalId Id => _place.Id;

    /// <summary>Full path of the file.</summary>
    public string Path => _place.Path;

    /// <summary>True for a predecessor.</summary>
    public bool IsClosed => _state.IsClosed;

    /// <summary>Where the journal stands, for a sender. A closed journal's tail is the last common head.</summary>
    public JournalFacts Facts
    {
        get
        {
            var state = _state;
            return new JournalFacts(Id, state.Tail, state.Mark.Committed, state.Mark.Anchor.Seq + 1, state.IsClosed);
        }
    }

    /// <summary>The running sums at the tail.</summary>
    public RunningSums Sums => _state.Sums;

    /// <summary>Retained entries not yet committed.</summary>
    public long Backlog
    {
        get
        {
            var state = _state;
            var known = Math.Max(state.Mark.Committed.Seq, state.Mark.Anchor.Seq);
            return state.Tail.Seq > known ? (long)(state.Tail.Seq - known) : 0;
        }
    }

    /// <summary>Wall clock of the oldest uncommitted entry, Unix milliseconds UTC; 0 when there is none.</summary>
    public long OldestUnsentWallUtcMs
    {
        get
        {
            var state = _state;
            var oldest = Math.Max(state.Mark.Committed.Seq, state.Mark.Anchor.Seq) + 1;
            if (oldest > state.Tail.Seq)
            {
                return 0;
            }

            lock (_readGate)
            {
                if (_oldestUnsent.Seq != oldest)
                {
                    var row = Guarded(() => _reader.RowAt(oldest));
                    var bytes = row is { } found ? found.Entry.Bytes : default;
                    var read = EntryHeader.TryRead(bytes.Span, out var header, out _);
                    _oldestUnsent = (oldest, read ? header.Time.WallUtcMs : 0);
                }

                return _oldestUnsent.WallUtcMs;
            }
        }
    }

    /// <summary>Whether this journal holds a head that the service states.</summary>
    public HeadHolding HoldingOf(Head head)
    {
        var state = _state;
        if (head.Seq > state.Tail.Seq)
        {
            return HeadHolding.NotHeld;
        }

        if (head.Seq < state.Mark.Anchor.Seq)
        {
            return head.Seq == 0 && head != Head.Genesis(Id) ? HeadHolding.NotHeld : HeadHolding.BeforeRetention;
        }

        return HeadAt(head.Seq) == head ? HeadHolding.Held : HeadHolding.NotHeld;
    }

    /// <summary>The head at a number; null before the anchor and behind the tail.</summary>
    public Head? HeadAt(ulong seq)
    {
        var state = _state;
        if (seq == state.Mark.Anchor.Seq)
        {
            return state.Mark.Anchor;
        }

        if (seq >= state.Tail.Seq || seq < state.Mark.Anchor.Seq)
        {
            return seq == state.Tail.Seq ? state.Tail : null;
        }

        lock (_readGate)
        {
            return Guarded(() => _reader.RowAt(seq))?.Head;
        }
    }

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

    /// <summary>True when this boot heard the service's clock.</summary>
    public bool HasObservation(BootId boot) => ObservationOf(boot) is not null;

    /// <summary>What a boot heard of the service's clock; null when it never did.</summary>
    public ClockObservation? ObservationOf(BootId boot)
    {
        lock (_readGate)
        {
            var index = _observations.FindIndex(o => o.Boot == boot);
            return index < 0 ? null : _observations[index];
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

    /// <summary>
    /// Ends when an entry was appended since the last call ended; at once when that was before. For one waiter: the
    /// uplink.
    /// </summary>
    public Task AppendedAsync(CancellationToken stopping) => _appended.WaitAsync(stopping);

    private Head? ReadableHeadAt(ulong seq)
    {
        try
        {
            return HeadAt(seq);
        }
        catch (JournalDamagedException)
        {
            return null;
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

    private static T Guarded<T>(Func<T> read, Func<ulong>? at = null)
    {
        try
        {
            return read();
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            throw new JournalDamagedException(error.Message, at?.Invoke() ?? 0, error);
        }
    }
}
