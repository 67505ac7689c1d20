using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>Opening and succession: the pointer first, then the files.</summary>
internal sealed partial class JournalStore
{
    private JournalPointer LoadPointer()
    {
        var directory = _options.JournalsDirectory;
        var path = JournalPointer.PathIn(directory);
        var pointer = File.Exists(path) ? JournalPointer.Parse(File.ReadAllBytes(path)) : null;
        if (pointer is not null)
        {
            return pointer;
        }

        var files = Directory.GetFiles(directory, "*.db").Length;
        if (files == 0 && !File.Exists(path))
        {
            pointer = new JournalPointer(NewId(), true, null, []);
            pointer.Save(directory);
            return pointer;
        }

        DurableFiles.MoveIfThere(path, FreeName(path));
        pointer = PointerRecovery.FromFiles(directory, _options)
            ?? new JournalPointer(NewId(), true, null, []);
        pointer.Save(directory);
        _log.PointerRebuilt(files);
        return pointer;
    }

    private JournalFile OpenCurrent()
    {
        if (_pointer.IsBeginning)
        {
            return FinishBeginning();
        }

        var place = Place(_pointer.Current, FileName(_pointer.Current));
        if (!File.Exists(place.Path))
        {
            return Follow(SuccessionReason.Lost, "The file is gone.", LastCommon(place, null));
        }

        try
        {
            var file = JournalFile.Open(place, mayCreate: false);
            _log.Opened(file.Id, file.Facts.Tail, file.Backlog);
            return file;
        }
        catch (JournalDamagedException error)
        {
            return Follow(SuccessionReason.Corrupt, error.Message, LastCommon(place, null));
        }
    }

    private List<JournalFile> OpenClosed()
    {
        var closed = new List<JournalFile>();
        foreach (var ended in _pointer.Ended)
        {
            if (JournalFile.OpenClosed(Place(ended.Id, ended.File), ended.LastCommon) is { } file)
            {
                closed.Add(file);
            }
        }

        return closed;
    }

    /// <summary>The current journal ends while it is open.</summary>
    private void Succeed(SuccessionReason reason, string detail)
    {
        var old = _current;
        var lastCommon = LastCommon(Place(old.Id, FileName(old.Id)), old.Facts.Committed);
        if (reason == SuccessionReason.Corrupt)
        {
            old.Abandon();
        }
        else
        {
            old.Close(lastCommon);
        }

        Volatile.Write(ref _current, Follow(reason, detail, lastCommon));
        var reopened = reason == SuccessionReason.Corrupt
            ? JournalFile.OpenClosed(Place(old.Id, _pointer.Ended[^1].File), lastCommon)
            : old;
        _closed = reopened is null ? _closed : [.. _closed, reopened];
    }

    /// <summary>Writes down that the pointer's journal ended, and makes its successor.</summary>
    private JournalFile Follow(SuccessionReason reason, string detail, Head lastCommon)
    {
        var ended = _pointer.Current;
        var file = FileName(ended);
        var name = reason == SuccessionReason.Corrupt
            ? Path.GetFileName(FreeName(Path.Combine(_options.JournalsDirectory, $"{ended}")))
            : file;
        _log.Ended(ended, reason, detail);
        _pointer = new JournalPointer(NewId(), true, new BegunSuccession(reason, detail),
            [.. _pointer.Ended, new EndedJournal(ended, name, lastCommon, _clock.WallUtcMs)]);
        _pointer.Save(_options.JournalsDirectory);
        Reached(SuccessionStep.PointerMoved);
        return FinishBeginning();
    }

    /// <summary>Goes on with a journal that is being begun, from wherever a crash left it.</summary>
    private JournalFile FinishBeginning()
    {
        var file = MakeCurrent();
        Reached(SuccessionStep.EntriesWritten);
        _pointer = _pointer with { IsBeginning = false };
        _pointer.Save(_options.JournalsDirectory);
        Reached(SuccessionStep.Finished);
        return file;
    }

    private JournalFile MakeCurrent()
    {
        var place = Place(_pointer.Current, FileName(_pointer.Current));
        if (_pointer.Succession is null || _pointer.Ended.Count == 0)
        {
            var first = OpenBeginning(place);
            _log.Begun(place.Id);
            return first;
        }

        var ended = _pointer.Ended[^1];
        SetAside(ended);
        var file = OpenBeginning(place);
        if (file.Facts.Tail.Seq > 0)
        {
            return file;
        }

        var source = Predecessor.Read(Path.Combine(_options.JournalsDirectory, ended.File), ended.LastCommon,
            _pointer.Succession.Reason == SuccessionReason.Corrupt, _options);
        file.BeginWith(ended, _pointer.Succession, source);
        var salvaged = source.Entries.Count(e => e.Salvaged);
        _log.Succeeded(place.Id, ended.Id, ended.LastCommon, source.Entries.Count, salvaged);
        return file;
    }

    /// <summary>Opens a file that has answered nothing yet: one that cannot be read is made again.</summary>
    private JournalFile OpenBeginning(JournalPlace place)
    {
        try
        {
            return JournalFile.Open(place, mayCreate: true);
        }
        catch (JournalDamagedException error)
        {
            _log.BegunAgain(place.Id, error.Message);
            DeleteFiles(Path.GetFileName(place.Path));
            return JournalFile.Open(place, mayCreate: true);
        }
    }

    /// <summary>
    /// Renames a damaged file with its log, which may hold entries. The log goes first, so that a crash in between
    /// never leaves the file under its new name without it.
    /// </summary>
    private void SetAside(EndedJournal ended)
    {
        var directory = _options.JournalsDirectory;
        var from = Path.Combine(directory, FileName(ended.Id));
        var to = Path.Combine(directory, ended.File);
        if (from == to || !File.Exists(from))
        {
            return;
        }

        File.Delete(from + "-shm");
        DurableFiles.MoveIfThere(from + "-wal", to + "-wal");
        DurableFiles.MoveIfThere(from, to);
        DurableFiles.SyncDirectory(directory);
        _log.SetAside(ended.Id, ended.File);
        Reached(SuccessionStep.SetAside);
    }

    /// <summary>
    /// The last head that agent and service are known to share: the mark in memory, or in the file when its own row
    /// confirms it, or the copy beside the file; genesis when nothing is known. Too old only means entries carried
    /// twice, which the service tells apart by their ids.
    /// </summary>
    private Head LastCommon(JournalPlace place, Head? inMemory)
    {
        var copy = CommittedCopy.Read(CommittedCopy.PathOf(_options.JournalsDirectory, place.Id));
        return inMemory ?? PointerRecovery.ConfirmedMark(place.Path, _options) ?? copy ?? Head.Genesis(place.Id);
    }

    private static string FreeName(string path)
    {
        for (var number = 1; ; number++)
        {
            var name = $"{path}.corrupt-{number}";
            if (!File.Exists(name) && !File.Exists(name + "-wal"))
            {
                return name;
            }
        }
    }

    private void Reached(SuccessionStep step) => _options.OnSuccessionStep?.Invoke(step);
}
