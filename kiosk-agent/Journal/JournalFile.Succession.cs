using KioskFleet.Protocol;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Journal;

/// <summary>The first transaction of a successor journal.</summary>
internal sealed partial class JournalFile
{
    /// <summary>
    /// Writes the succession, the carried entries with their origin and original time, the observations and the vend rows as
    /// one transaction: a successor has all of them or does not exist.
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
            rows.Add(CarriedRow(rows[^1], ended, carried));
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
        });
        rows.ForEach(row => Advance(row));
        _observations.AddRange(source.Observations);
        return true;
    });

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
    private EntryRow CarriedRow(in EntryRow before, EndedJournal ended, in CarriedEntry carried)
    {
        EntryHeader.TryRead(carried.Entry.Bytes.Span, out var header, out var body);
        var marks = header.Marks | EntryMarks.Carried | (carried.Salvaged ? EntryMarks.Salvaged : EntryMarks.None);
        var seq = before.Entry.Seq + 1;
        var bytes = EntryCodec.Encode(header with
        {
            Seq = seq,
            Marks = marks,
            Origin = header.Origin ?? new EntryOrigin(ended.Id, carried.Entry.Seq),
        }, body);
        EntryCodec.TryDecode(bytes, out _, out var read, out var reason);
        var facts = EntryFacts.Of(reason == QuarantineReason.None ? read : null);
        return new EntryRow(new StoredEntry(seq, _chain.Next(before.Entry.Hash, bytes), bytes),
            EntryFacts.KeyOf(facts.IdKind, facts.Id), JournalWriter.Add(before.Sums, facts.Adds));
    }
}
