using KioskFleet.Protocol.Identity;
using Microsoft.Data.Sqlite;

namespace KioskFleet.Agent.Journal;

/// <summary>The opening half: making, checking, closing.</summary>
internal sealed partial class JournalFile
{
    /// <summary>Opens a journal for writing; makes its tables when the file is new.</summary>
    /// <param name="place">Which, and where.</param>
    /// <param name="mayCreate">True while the journal is being begun: the file may be missing or empty.</param>
    /// <exception cref="JournalDamagedException">The file fails its check, or the uncommitted part of its chain
    /// does.</exception>
    internal static JournalFile Open(JournalPlace place, bool mayCreate)
    {
        JournalWriter? writer = null;
        JournalReader? reader = null;
        try
        {
            var connection = JournalConnection.Write(place.Path, place.Options, mayCreate);
            writer = new JournalWriter(connection);
            if (JournalConnection.QuickCheck(connection) is { } damage)
            {
                throw new JournalDamagedException(damage, 0);
            }

            if (mayCreate)
            {
                writer.InTransaction(() =>
                {
                    writer.CreateSchema();
                    if (JournalConnection.Scalar(connection, "SELECT 1 FROM mark") is null)
                    {
                        writer.SetMark(JournalMark.Empty(place.Id));
                    }
                });
            }

            reader = new JournalReader(JournalConnection.Read(place.Path, place.Options));
            return Checked(place, reader, writer);
        }
        catch (SqliteException error) when (JournalConnection.IsDamage(error))
        {
            Release(writer, reader);
            throw new JournalDamagedException(error.Message, 0, error);
        }
        catch
        {
            Release(writer, reader);
            throw;
        }
    }

    /// <summary>Opens a predecessor for refilling; null when nothing of it can be read any more.</summary>
    internal static JournalFile? OpenClosed(JournalPlace place, Head lastCommon)
    {
        if (!File.Exists(place.Path))
        {
            return null;
        }

        JournalReader? reader = null;
        try
        {
            reader = new JournalReader(JournalConnection.Read(place.Path, place.Options));
            var mark = reader.Mark() ?? JournalMark.Empty(place.Id);
            var file = new JournalFile(place, reader, null, ClosedState(reader, mark, lastCommon));
            file.ReloadIds();
            file._observations.AddRange(reader.Observations());
            return file;
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            // Set aside because it is damaged: whatever could be read was carried over when it ended.
            reader?.Dispose();
            return null;
        }
    }

    private static JournalFile Checked(JournalPlace place, JournalReader reader, JournalWriter writer)
    {
        var mark = reader.Mark() ?? throw new JournalDamagedException("The mark is missing.", 0);
        var last = reader.LastRow();
        var tail = last?.Head ?? mark.Anchor;
        if (tail.Seq < mark.Committed.Seq || tail.Seq < mark.Anchor.Seq)
        {
            throw new JournalDamagedException($"The journal ends at {tail.Seq}, before its mark.", tail.Seq + 1);
        }

        // A mark before the anchor is a ledger older than what is retained: then all that is retained is uncommitted.
        var start = mark.Committed.Seq < mark.Anchor.Seq ? mark.Anchor : mark.Committed;
        var atMark = start.Seq == mark.Anchor.Seq ? null : reader.RowAt(start.Seq);
        if ((atMark?.Head ?? mark.Anchor) != start)
        {
            throw new JournalDamagedException(
                $"The hash at the committed mark {mark.Committed.Seq} is another one.", mark.Committed.Seq);
        }

        var report = ChainCheck.Run(place.Id, start, atMark?.Sums ?? mark.AnchorSums,
            reader.RowsAfter(start.Seq), tail);
        if (report.FirstBad is { } bad)
        {
            throw new JournalDamagedException($"Entry {bad.Seq}: {bad.Why}", bad.Seq);
        }

        var file = new JournalFile(
            place, reader, writer, new JournalState(tail, last?.Sums ?? mark.AnchorSums, mark, false));
        file.ReloadIds();
        file._observations.AddRange(reader.Observations());
        var copy = CommittedCopy.Read(CommittedCopy.PathOf(System.IO.Path.GetDirectoryName(place.Path)!, place.Id));
        file._copied = copy ?? default;
        if (copy is { } copied && copied.Seq > mark.Committed.Seq)
        {
            file.CopyCommitted(mark.Committed);
        }

        return file;
    }

    /// <summary>A closed journal ends at the last common head, or before it when the file does.</summary>
    private static JournalState ClosedState(JournalReader reader, JournalMark mark, Head lastCommon)
    {
        EntryRow? last = null;
        try
        {
            last = reader.RowAt(lastCommon.Seq);
        }
        catch (Exception error) when (error is SqliteException or JournalDamagedException)
        {
            // The entry itself lies in the damage; the head is known all the same.
            last = null;
        }

        var anchored = lastCommon.Seq <= mark.Anchor.Seq;
        var tail = anchored ? mark.Anchor : lastCommon;
        return new JournalState(tail, anchored ? mark.AnchorSums : last?.Sums ?? mark.AnchorSums,
            mark with { Committed = tail }, true);
    }

    /// <summary>Memory follows the file.</summary>
    private void ReloadState()
    {
        lock (_readGate)
        {
            var mark = _reader.Mark() ?? _state.Mark;
            var last = _reader.LastRow();
            _state = _state with
            {
                Mark = mark,
                Tail = last?.Head ?? mark.Anchor,
                Sums = last?.Sums ?? mark.AnchorSums,
            };
        }

        ReloadIds();
    }

    private void ReloadIds()
    {
        _ids.Clear();
        try
        {
            lock (_readGate)
            {
                foreach (var (seq, key) in _reader.Keys().TakeWhile(k => k.Seq <= _state.Tail.Seq))
                {
                    _ids.Add(key, seq);
                }
            }
        }
        catch (Exception error) when (IsClosed && error is SqliteException or JournalDamagedException)
        {
            // A damaged predecessor: the ids before the damage are known, which is what can be known.
            return;
        }
    }

    private static void Release(JournalWriter? writer, JournalReader? reader)
    {
        reader?.Dispose();
        writer?.Dispose();
    }
}
