namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// What one disk knows: its images, whether the power is on, and the numbered events. The callbacks of all threads and
/// the disk's owner meet here. Thread-safe: images are touched only inside <see cref="Gate"/>, which also spans the
/// change of the live file, so that live file and image always agree; the observer runs outside it.
/// </summary>
internal sealed class DiskState
{
    private readonly DirectoryImage _names = new();
    private readonly Lock _gate = new();
    private readonly string _folderPrefix;
    private long _events;
    private volatile bool _isPowered = true;
    private Exception? _fault;

    /// <summary>Starts with every file of a folder as durable.</summary>
    /// <param name="folder">Full path of the folder as SQLite resolves it, without a slash at its end.</param>
    public DiskState(string folder)
    {
        Folder = folder;
        _folderPrefix = folder + Path.DirectorySeparatorChar;
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!path.EndsWith("-shm", StringComparison.Ordinal))
            {
                _names.AddDurable(Path.GetRelativePath(folder, path), File.ReadAllBytes(path));
            }
        }
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
    /// The file behind a name that SQLite opened: a known one, one that other means put into the folder (durable), or
    /// a new one. Only inside the gate.
    /// </summary>
    /// <param name="name">Name on this disk.</param>
    /// <param name="foundContent">Content of the file before it was opened, when it was there but unknown.</param>
    /// <param name="isNew">Whether SQLite just created it.</param>
    public FileImage Adopt(string name, byte[]? foundContent, out bool isNew)
    {
        FileImage? known = _names.Find(name);
        isNew = known is null && foundContent is null;
        return known ?? (foundContent is null ? _names.Create(name) : _names.AddDurable(name, foundContent));
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
}
