using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>The first transaction of a successor journal.</summary>
internal sealed partial class JournalFile
{
    private const int CarryEntries = 1_000;

    /// <summary>
    /// Writes the succession, the carried entries with their origin and original time, the observations, the vend rows
    /// and the gate's config as one transaction: a successor has all of them or does not exist.
    /// </summary>
    internal void BeginWith(EndedJournal ended, BegunSuccession succession, Predecessor source) => Writing(writer =>
    {
        var salvaged = (uint)source.Entries.Count(e => e.Salvaged);
        var first = new SuccessionBody(ended.Id, ended.LastCommon, succession.Reason, (uint)source.Entries.Count,
            salvaged, Utf8Text.Cut(succession.Detail, Limits.MaxTextBytes, out _));
        var rows = new List<EntryRow>(source.Entries.Count + 1)
        {
            Row(_state, first, EntryMarks.None, null, _place.Clock.Now),
        };
        foreach (var carried in source.Entries)
        {
            rows.Add(CarriedRow(new JournalState(rows[^1].Head, rows[^1].Sums, _state.Mark, false), ended.Id, carried));
        }

        writer.InTransaction(() =>
        {
            rows.ForEach(row => writer.Insert(row));
            foreach (var observation in source.Observations)
            {
                writer.AddObservation(observation);
            }

            foreach (var vend in source.Vends)
            {
                writer.PutVend(vend);
            }

            foreach (var journal in source.CarriedOver)
            {
                writer.AddCarriedOver(journal);
            }

            foreach (var config in source.Config)
            {
                writer.PutConfig(config);
            }
        });
        rows.ForEach(row => Advance(row));
        _observations.AddRange(source.Observations);
        return true;
    });

    /// <summary>
    /// Carries what is retained of an ended journal over, up to its last common head, as one transaction and once: the
    /// service holds another history under its name, so it cannot be refilled there.
    /// </summary>
    /// <returns>Entries carried; 0 when it was done before.</returns>
    internal int CarryOver(JournalFile ended) => Writing(writer =>
    {
        if (IsCarriedOver(ended.Id))
        {
            return 0;
        }

        var rows = new List<EntryRow>();
        var at = _state;
        var after = ended.Facts.OldestRetainedSeq - 1;
        for (var read = ended.Read(after, CarryEntries, int.MaxValue); read.Count > 0;
            read = ended.Read(after, CarryEntries, int.MaxValue))
        {
            foreach (var entry in read.Where(e => EntryHeader.TryRead(e.Bytes.Span, out _, out _)))
            {
                var row = CarriedRow(at, ended.Id, new CarriedEntry(entry, false));
                rows.Add(row);
                at = at with { Tail = row.Head, Sums = row.Sums };
            }

            after = read[^1].Seq;
        }

        writer.InTransaction(() =>
        {
            rows.ForEach(row => writer.Insert(row));
            writer.AddCarriedOver(ended.Id);
        });
        rows.ForEach(row => Advance(row));
        return rows.Count;
    });

    /// <summary>
    /// True when an ended journal was carried over into this one, or into one that this one succeeded.
    /// </summary>
    internal bool IsCarriedOver(JournalId journal)
    {
        lock (_readGate)
        {
            return Guarded(_reader.CarriedOver).Contains(journal);
        }
    }

    /// <summary>The file is damaged: let go of it without writing anything more.</summary>
    internal void Abandon()
    {
        lock (_gate)
        {
            _writer?.Dispose();
            _writer = null;
            _state = _state with { IsClosed = true };
            lock (_readGate)
            {
                _reader.Dispose();
            }
        }
    }

    /// <summary>
    /// An entry under its new number. The first origin stays: an entry that is carried twice still names where it was
    /// recorded first. A body that cannot be read goes along as it is.
    /// </summary>
    private EntryRow CarriedRow(JournalState before, JournalId from, in CarriedEntry carried)
    {
        EntryHeader.TryRead(carried.Entry.Bytes.Span, out var header, out var body);
        var marks = header.Marks | EntryMarks.Carried | (carried.Salvaged ? EntryMarks.Salvaged : EntryMarks.None);
        var seq = before.Tail.Seq + 1;
        var bytes = EntryCodec.Encode(header with
        {
            Seq = seq,
            Marks = marks,
            Origin = header.Origin ?? new EntryOrigin(from, carried.Entry.Seq),
        }, body);
        EntryCodec.TryDecode(bytes, out _, out var read, out var reason);
        var facts = EntryFacts.Of(reason == QuarantineReason.None ? read : null);
        return new EntryRow(new StoredEntry(seq, _chain.Next(before.Tail.Hash, bytes), bytes),
            EntryFacts.KeyOf(facts.IdKind, facts.Id), JournalWriter.Add(before.Sums, facts.Adds));
    }
}
