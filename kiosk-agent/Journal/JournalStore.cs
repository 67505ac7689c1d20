using System.Security.Cryptography;
using KioskFleet.Agent.Clock;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// The cabinet's journals: one current, and closed predecessors. A file that is damaged, gone or disowned by the
/// service gets a successor without a person, offline too. One process at a time holds a folder. Thread-safe.
/// </summary>
internal sealed partial class JournalStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly JournalOptions _options;
    private readonly BootClock _clock;
    private readonly ILogger<JournalStore> _log;
    private readonly FileStream _hold;
    private JournalPointer _pointer;
    private JournalFile _current;
    private volatile IReadOnlyList<JournalFile> _closed = [];

    private JournalStore(JournalOptions options, BootClock clock, ILogger<JournalStore> log, FileStream hold)
    {
        _options = options;
        _clock = clock;
        _log = log;
        _hold = hold;
        Space = new SpaceGuard(options);
        _pointer = LoadPointer();
        _current = OpenCurrent();
        _closed = OpenClosed();
    }

    /// <summary>The current journal changed; raised outside the store's lock, on the thread that changed it.</summary>
    public event Action? CurrentChanged;

    /// <summary>The journal that is written.</summary>
    public JournalFile Current => Volatile.Read(ref _current);

    /// <summary>Closed predecessors that can be read, oldest first.</summary>
    public IReadOnlyList<JournalFile> Closed => _closed;

    /// <summary>The reserve that keeps room for approved vends.</summary>
    public SpaceGuard Space { get; }

    /// <summary>
    /// Opens the journals of a folder: makes the first one, checks the current one, begins a successor when it is
    /// damaged or gone, goes on with a succession that a crash interrupted.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="IOException">Another process holds the folder, or the disk fails.</exception>
    public static JournalStore Open(JournalOptions options, BootClock clock, ILogger<JournalStore> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        if (options.Problems() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        }

        Directory.CreateDirectory(options.JournalsDirectory);
        var hold = new FileStream(
            Path.Combine(options.JournalsDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.None);
        try
        {
            return new JournalStore(options, clock, log, hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>A journal of this folder by its id; null when it is not here.</summary>
    public JournalFile? Find(JournalId id) =>
        Current is { } current && current.Id == id ? current : Closed.FirstOrDefault(file => file.Id == id);

    /// <summary>
    /// Does something in the current journal that no succession may interrupt. When the file turns out to be damaged, a
    /// successor is begun and the work done again there: what was delivered is always recorded.
    /// </summary>
    /// <param name="work">Decides and writes; may run twice, each time from what the journal then holds.</param>
    public T InCurrent<T>(Func<JournalFile, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var changed = false;
        try
        {
            lock (_gate)
            {
                try
                {
                    return work(_current);
                }
                catch (JournalDamagedException error)
                {
                    Succeed(SuccessionReason.Corrupt, error.Message);
                    changed = true;
                    return work(_current);
                }
            }
        }
        finally
        {
            if (changed)
            {
                CurrentChanged?.Invoke();
            }
        }
    }

    /// <summary>
    /// Ends the current journal and begins its successor with what the service does not have yet. Safe against a
    /// crash at any point: the next start goes on.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="detail">Words for the record; cut when too long.</param>
    /// <param name="ended">
    /// The journal that is to end; when it is not the current one any more, nothing happens, so saying it twice does
    /// no harm.
    /// </param>
    /// <returns>The current journal.</returns>
    public JournalFile BeginSuccessor(SuccessionReason reason, string detail, JournalId? ended = null)
    {
        ArgumentNullException.ThrowIfNull(detail);
        lock (_gate)
        {
            if (ended is { } id && id != _current.Id)
            {
                return _current;
            }

            Succeed(reason, detail);
        }

        CurrentChanged?.Invoke();
        return Current;
    }

    /// <summary>
    /// Carries the retained entries of a closed journal over into the current one, once, each with its origin: the
    /// service holds another history under that journal's name and counts none twice.
    /// </summary>
    /// <returns>Entries carried over now; 0 when it was done before or the journal is not here.</returns>
    public int CarryOver(JournalId ended)
    {
        var count = InCurrent(current => Closed.FirstOrDefault(file => file.Id == ended) is { } file
            ? current.CarryOver(file)
            : 0);
        if (count > 0)
        {
            _log.CarriedOver(ended, count);
        }

        return count;
    }

    /// <summary>
    /// Deletes committed entries older than the retention, and ended journals likewise; never an uncommitted entry.
    /// Deletes nothing in a boot that has not heard the service's clock: a wrong wall clock must not empty the journal.
    /// To be called only while the service confirmed the committed mark on this link: the ledger may have been restored
    /// meanwhile.
    /// </summary>
    /// <param name="now">Now; the earlier of this and the service's time counts.</param>
    public void ApplyRetention(DateTimeOffset now) => InCurrent(current =>
    {
        if (current.ObservationOf(_clock.Boot) is not { } observation)
        {
            return false;
        }

        var nowUtcMs = Math.Min(now.ToUnixTimeMilliseconds(), observation.CorrectedUtcMs(_clock.MonotonicMs));
        var cutoffUtcMs = nowUtcMs - _options.RetentionDays * 86_400_000L;
        var last = Retention.LastDeletable(current, cutoffUtcMs);
        if (last > 0)
        {
            current.DeleteThrough(last);
            _log.Retained(current.Id, last);
        }

        DeleteEnded(cutoffUtcMs);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _current.Dispose();
            foreach (var file in _closed)
            {
                file.Dispose();
            }

            _closed = [];
            _hold.Dispose();
        }
    }

    private static JournalId NewId()
    {
        Span<byte> bytes = stackalloc byte[JournalId.Size];
        RandomNumberGenerator.Fill(bytes);
        return JournalId.Read(bytes);
    }

    private static string FileName(JournalId id) => $"{id}.db";

    private JournalPlace Place(JournalId id, string file) =>
        new(id, Path.Combine(_options.JournalsDirectory, file), _options, _clock, MakeRoom);

    private bool MakeRoom()
    {
        var released = Space.Release();
        _log.DiskFull(released);
        return released;
    }

    private void DeleteEnded(long cutoffUtcMs)
    {
        foreach (var ended in _pointer.Ended.Where((_, i) => EndedBefore(i, cutoffUtcMs)).ToList())
        {
            // What is not committed yet lives in the successor; until that is committed, the evidence stays too.
            if (_current.Backlog > 0 || ended.File != FileName(ended.Id))
            {
                continue;
            }

            _closed.FirstOrDefault(file => file.Id == ended.Id)?.Dispose();
            _closed = [.. _closed.Where(file => file.Id != ended.Id)];
            _pointer = _pointer with { Ended = [.. _pointer.Ended.Where(e => e != ended)] };
            _pointer.Save(_options.JournalsDirectory);
            DeleteFiles(ended.File);
            File.Delete(CommittedCopy.PathOf(_options.JournalsDirectory, ended.Id));
            _log.EndedDeleted(ended.Id);
        }
    }

    /// <summary>
    /// Whether a predecessor ended before a moment: by the first entry of its successor, dated like any entry, since
    /// the wall clock may have been wrong by years then. One that says nothing is as old as the next that does.
    /// </summary>
    private bool EndedBefore(int index, long utcMs)
    {
        var successors = _pointer.Ended.Skip(index + 1).Select(ended => Find(ended.Id)).OfType<JournalFile>();
        foreach (var successor in successors.Append(_current))
        {
            if (successor.Facts.OldestRetainedSeq > 1)
            {
                // Retention went past that entry: it was old enough.
                return true;
            }

            if (successor.EntryAt(1) is { } first && Retention.DateOf(successor, first) is { } dated)
            {
                return dated < utcMs;
            }
        }

        return false;
    }

    private void DeleteFiles(string file)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(Path.Combine(_options.JournalsDirectory, file + suffix));
        }
    }
}
