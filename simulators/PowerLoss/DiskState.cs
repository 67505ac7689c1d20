namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// What one disk knows: its images, whether the power is on, and the numbered events. The callbacks of all threads and
/// the disk's owner meet here. Thread-safe: images are touched only inside <see cref="Gate"/>, which also spans the
/// change of the live file, so that live file and image always agree; the observer runs outside it.
/// </summary>
internal sealed class DiskState
{
    private const string SharedMemorySuffix = "-shm";

    private readonly DirectoryImage _names = new();
    private readonly Lock _gate = new();
    private readonly string _folderPrefix;
    private long _events;
    private volatile bool _isPowered = true;
    private Exception? _fault;

    /// <summary>Starts over a folder that exists.</summary>
    /// <param name="folder">Full path of the folder as SQLite resolves it, without a slash at its end.</param>
    public DiskState(string folder)
    {
        Folder = folder;
        _folderPrefix = folder + Path.DirectorySeparatorChar;
    }

    /// <summary>Full path of the disk's folder.</summary>
    public string Folder { get; }

    /// <summary>Held around each change of a live file together with its image.</summary>
    public Lock Gate => _gate;

    /// <summary>Names and files; only inside <see cref="Gate"/>.</summary>
    public DirectoryImage Names => _names;

    /// <summary>Called after each event, on the thread that caused it, outside the gate.</summary>
    public Action<DiskEvent>? Observer { get; set; }

    /// <summary>False once the power is off: every change is then refused as an I/O error.</summary>
    public bool IsPowered => _isPowered;

    /// <summary>Number of events so far.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>The first exception of a callback or the observer, which SQLite only saw as an I/O error.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>A path's name on this disk, or null for a path outside it.</summary>
    public string? NameOf(string path) =>
        path.StartsWith(_folderPrefix, StringComparison.Ordinal) ? path[_folderPrefix.Length..] : null;

    /// <summary>Counts and announces an event; call it outside the gate. Throws nothing.</summary>
    public void Raise(DiskEventKind kind, string name)
    {
        DiskEvent happened = new(Interlocked.Increment(ref _events), kind, name);
        try
        {
            Observer?.Invoke(happened);
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    /// <summary>Ends all change at once; what is durable and what is not stays as it is.</summary>
    public void PowerOff()
    {
        lock (_gate)
        {
            _isPowered = false;
        }
    }

    /// <summary>
    /// Keeps the first exception for the owner and cuts the power: exceptions cannot pass through SQLite's frames.
    /// </summary>
    public void Fail(Exception exception)
    {
        Interlocked.CompareExchange(ref _fault, exception, null);
        PowerOff();
    }

    /// <summary>
    /// Brings a name up to what others did in the folder without SQLite: a file they put there counts as durable as it
    /// is, a file they took away has lost its name until the next sync of the directory. Only inside the gate.
    /// </summary>
    public void Reconcile(string name)
    {
        string path = Path.Combine(Folder, name);
        bool exists = File.Exists(path);
        bool isKnown = _names.Find(name) is not null;
        if (exists && !isKnown)
        {
            _names.AddDurable(name, File.ReadAllBytes(path));
        }
        else if (!exists && isKnown)
        {
            _names.Delete(name);
        }
    }

    /// <summary>The disk at this moment, with the files that SQLite never opened as they are in the folder.</summary>
    public DiskSnapshot Snapshot()
    {
        lock (_gate)
        {
            foreach (string name in _names.KnownNames)
            {
                Reconcile(name);
            }

            Dictionary<string, byte[]> others = new(StringComparer.Ordinal);
            foreach (string path in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories))
            {
                string name = Path.GetRelativePath(Folder, path);
                if (_names.Find(name) is null && !name.EndsWith(SharedMemorySuffix, StringComparison.Ordinal)
                    && ReadIfThere(path) is { } content)
                {
                    others[name] = content;
                }
            }

            return new DiskSnapshot(_names.Snapshot(), others);
        }
    }

    /// <summary>
    /// Syncs a file, then its directory when <paramref name="withDirectory"/>. The power may fail at each event
    /// between the steps; nothing later becomes durable then.
    /// </summary>
    /// <returns>Whether the sync was completed under power.</returns>
    public bool Sync(FileImage image, string name, bool withDirectory)
    {
        long through;
        lock (_gate)
        {
            if (!_isPowered)
            {
                return false;
            }

            through = image.LastOrdinal;
        }

        Raise(DiskEventKind.SyncStarted, name);
        if (!WhilePowered(() => image.MakeDurable(through)))
        {
            return false;
        }

        if (withDirectory && !SyncDirectory(name))
        {
            return false;
        }

        Raise(DiskEventKind.SyncFinished, name);
        return _isPowered;
    }

    /// <summary>Makes the names in the directory of a file durable; false when the power failed.</summary>
    public bool SyncDirectory(string name)
    {
        Raise(DiskEventKind.DirectorySyncStarted, name);
        return WhilePowered(() => _names.SyncDirectoryOf(name));
    }

    private bool WhilePowered(Action step)
    {
        lock (_gate)
        {
            if (_isPowered)
            {
                step();
            }

            return _isPowered;
        }
    }

    /// <summary>The content of a file that others may take away at any time; null when they did.</summary>
    private static byte[]? ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>A disk at the moment of a power cut.</summary>
/// <param name="Names">The names that the model knows.</param>
/// <param name="Others">Files that SQLite never opened; they survive as they are.</param>
internal sealed record DiskSnapshot(
    IReadOnlyList<NameSnapshot> Names, IReadOnlyDictionary<string, byte[]> Others);
