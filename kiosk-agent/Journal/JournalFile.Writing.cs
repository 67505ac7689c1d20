using KioskFleet.Protocol.Chain;
using KioskFleet.Protocol.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Sending;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>The writing half: every method returns when its change is on the disk.</summary>
internal sealed partial class JournalFile
{
    /// <summary>How often the copy of the committed mark follows it forward, in monotonic milliseconds.</summary>
    private const long CommittedCopyIntervalMs = 5_000;

    private readonly HashChain _chain = new();
    private Head _copied;
    private long _copiedAtMs = long.MinValue;

    /// <summary>Appends one entry as one transaction: bytes, hash, id and running sums together.</summary>
    /// <param name="body">What it says; within the protocol's limits.</param>
    /// <param name="marks">Marks; Carried exactly with an origin.</param>
    /// <param name="origin">For a carried entry, where it was recorded first.</param>
    /// <param name="time">When it was recorded; null: now.</param>
    public Head Append(
        EntryBody body, EntryMarks marks = EntryMarks.None, EntryOrigin? origin = null, EntryTime? time = null) =>
        Writing(writer =>
        {
            var row = Row(_state, body, marks, origin, time ?? _place.Clock.Now);
            writer.Insert(row);
            Advance(row);
            return row.Head;
        });

    /// <summary>Appends several entries of this moment as one transaction: all or none.</summary>
    public IReadOnlyList<Head> AppendAll(IReadOnlyList<EntryBody> bodies) => Writing(writer =>
    {
        var rows = new List<EntryRow>(bodies.Count);
        var at = _state;
        foreach (var body in bodies)
        {
            var row = Row(at, body, EntryMarks.None, null, _place.Clock.Now);
            rows.Add(row);
            at = at with { Tail = row.Head, Sums = row.Sums };
        }

        writer.InTransaction(() => rows.ForEach(row => writer.Insert(row)));
        rows.ForEach(row => Advance(row));
        return rows.ConvertAll(row => row.Head);
    });

    /// <summary>
    /// Moves the committed mark, forward or (a ledger restored from a backup) back, even to before everything retained;
    /// nothing is deleted by that. For a closed journal only in memory: the next hello says it again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The head is another history's.</exception>
    public void MoveCommitted(Head head)
    {
        if (HoldingOf(head) == HeadHolding.NotHeld)
        {
            throw new InvalidOperationException($"Journal {Id} does not hold the head {head}.");
        }

        lock (_gate)
        {
            var mark = _state.Mark with { Committed = head };
            if (!IsClosed)
            {
                SetMark(mark);
            }

            _state = _state with { Mark = mark };
        }
    }

    /// <summary>
    /// Declares that the entries between the service's head and the first retained one are gone. The same gap is
    /// declared once.
    /// </summary>
    public void AppendGap(Head serviceHead)
    {
        lock (_gate)
        {
            var anchor = _state.Mark.Anchor;
            if (serviceHead.Seq >= anchor.Seq)
            {
                return;
            }

            var gap = new GapBody(serviceHead.Seq + 1, anchor.Seq, serviceHead.Hash, anchor.Hash);
            if (Find(IdKind.Gap, EntryFacts.GapId(gap)).Count == 0)
            {
                Append(gap);
            }
        }
    }

    /// <summary>
    /// Keeps what this boot heard of the service's clock; only the first observation of a boot stays.
    /// </summary>
    public void RecordObservation(ClockObservation observation)
    {
        if (HasObservation(observation.Boot))
        {
            return;
        }

        Writing(writer =>
        {
            writer.AddObservation(observation);
            return true;
        });
        lock (_readGate)
        {
            _observations.Add(observation);
        }
    }

    /// <summary>Writes a vend row and forgets others, as one transaction.</summary>
    public void PutVend(VendRow row, IReadOnlyList<string> finished) => Writing(writer =>
    {
        writer.InTransaction(() =>
        {
            foreach (var id in finished)
            {
                writer.RemoveVend(id);
            }

            writer.PutVend(row);
        });
        return true;
    });

    /// <summary>Keeps the copy of the gate's config.</summary>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public void KeepConfig(KeptConfig config)
    {
        try
        {
            Writing(writer =>
            {
                writer.PutConfig(config);
                return true;
            });
        }
        catch (SqliteException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <summary>Deletes committed entries up to a number and keeps the anchor; the caller decided by age.</summary>
    internal void DeleteThrough(ulong seq) => Writing(writer =>
    {
        var state = _state;
        var last = Math.Min(seq, state.Mark.Committed.Seq);
        if (last <= state.Mark.Anchor.Seq)
        {
            return false;
        }

        EntryRow row;
        lock (_readGate)
        {
            row = Guarded(() => _reader.RowAt(last))
                ?? throw new JournalDamagedException($"Entry {last} is missing.", last);
        }

        var mark = state.Mark with { Anchor = row.Head, AnchorSums = row.Sums };
        writer.InTransaction(() =>
        {
            writer.SetMark(mark);
            writer.DeleteThrough(last);
        });
        _state = state with { Mark = mark };
        ReloadIds();
        return true;
    });

    /// <summary>The journal ended: from now on it is read only, up to the last common head.</summary>
    internal void Close(Head lastCommon)
    {
        lock (_gate)
        {
            _writer?.Dispose();
            _writer = null;
            _state = ClosedState(_reader, _state.Mark, lastCommon);
            ReloadIds();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_writer is not null && _copied != _state.Mark.Committed && File.Exists(Path))
            {
                CopyCommitted(_state.Mark.Committed);
            }

            _writer?.Dispose();
            _writer = null;
            lock (_readGate)
            {
                _reader.Dispose();
            }
        }
    }

    private EntryRow Row(
        JournalState at, EntryBody body, EntryMarks marks, EntryOrigin? origin, EntryTime time)
    {
        var seq = at.Tail.Seq + 1;
        var bytes = EntryCodec.Encode(seq, time, body, marks, origin);
        var facts = EntryFacts.Of(body);
        return new EntryRow(new StoredEntry(seq, _chain.Next(at.Tail.Hash, bytes), bytes),
            EntryFacts.KeyOf(facts.IdKind, facts.Id), JournalWriter.Add(at.Sums, facts.Adds));
    }

    private void Advance(in EntryRow row)
    {
        _ids.Add(row.IdKey, row.Entry.Seq);
        _state = _state with { Tail = row.Head, Sums = row.Sums };
        if (_appended.CurrentCount == 0)
        {
            _appended.Release();
        }
    }

    private void SetMark(JournalMark mark)
    {
        var backwards = mark.Committed.Seq < _copied.Seq;
        if (backwards)
        {
            // The copy may be older than the mark, never newer: it goes back first.
            CopyCommitted(mark.Committed);
        }

        Writing(writer =>
        {
            writer.SetMark(mark);
            return true;
        });
        if (!backwards && (_copiedAtMs == long.MinValue
            || _place.Clock.MonotonicMs - _copiedAtMs >= CommittedCopyIntervalMs))
        {
            CopyCommitted(mark.Committed);
        }
    }

    private void CopyCommitted(Head committed)
    {
        CommittedCopy.Write(CommittedCopy.PathOf(System.IO.Path.GetDirectoryName(Path)!, Id), committed);
        _copied = committed;
        _copiedAtMs = _place.Clock.MonotonicMs;
    }

    /// <summary>
    /// Performs a write. A full disk is tried once more after room was made; after any failure memory follows what
    /// the file holds, since a commit that failed may or may not have happened.
    /// </summary>
    private T Writing<T>(Func<JournalWriter, T> write)
    {
        lock (_gate)
        {
            var writer = _writer ?? throw new InvalidOperationException($"Journal {Id} is closed.");
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return write(writer);
                }
                catch (SqliteException error)
                {
                    if (JournalConnection.IsDamage(error))
                    {
                        throw new JournalDamagedException(error.Message, 0, error);
                    }

                    writer.RollBack();
                    ReloadState();
                    if (attempt > 1 || !JournalConnection.IsFull(error) || !_place.MakeRoom())
                    {
                        throw;
                    }
                }
            }
        }
    }
}
