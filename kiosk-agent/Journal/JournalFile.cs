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

    /// <summary>The copy of the gate's config; null before the first one.</summary>
    public KeptConfig? Config()
    {
        lock (_readGate)
        {
            return Guarded(_reader.Config);
        }
    }

    /// <summary>The latest moment of the service's clock that was ever observed here, Unix ms UTC; 0 before one.
    /// </summary>
    public long LatestObservedUtcMs
    {
        get
        {
            lock (_readGate)
            {
                return _observations.Count == 0 ? 0 : _observations.Max(o => o.ServerUtcMs);
            }
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
