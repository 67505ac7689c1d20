using Microsoft.Data.Sqlite;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// A folder seen through a SQLite VFS that knows what a power cut would leave of it. Databases opened under
/// <see cref="VfsName"/> work as usual, WAL and shared memory included; beside the live files the disk keeps what is
/// durable and what merely has been written.
/// <para>
/// What becomes durable when: a file's content, by a sync of that file; a name (created, deleted, created anew), by a
/// sync of its directory, which SQLite's default VFS performs with the first sync of each journal or WAL file and with
/// a delete that asks for it. A new database file has no name after a cut before one of these. SQLite renames nothing,
/// so renaming is not modelled; shared-memory files (<c>-shm</c>) never survive, SQLite rebuilds them. What survives
/// beyond the durable is the choice of <see cref="CutPlan"/>.
/// </para>
/// <para>
/// Other writers of the folder are not modelled: a file that SQLite never opens survives as it is at the cut, one that
/// it opens later counts as durable as it is then, and one that others remove or rename has lost its name until the
/// next sync of its directory. Temporary files and files elsewhere pass through.
/// </para>
/// <para>
/// Nothing is really synced, so this is fast, and the folder itself survives only a crash of the program.
/// </para>
/// Thread-safe; any number of disks may live at once, each over its own folder.
/// </summary>
internal sealed class PowerLossDisk : IDisposable
{
    private readonly VfsRegistration _registration;

    /// <summary>Makes a disk over a folder, creating the folder when it is missing.</summary>
    public PowerLossDisk(string folder)
    {
        Directory.CreateDirectory(folder);
        _registration = new VfsRegistration(folder);
    }

    /// <summary>The name of the VFS, for <see cref="SqliteConnectionStringBuilder.Vfs"/> or <c>?vfs=</c>.</summary>
    public string VfsName => _registration.Name;

    /// <summary>Full path of the folder, symbolic links followed.</summary>
    public string Folder => _registration.Disk.Folder;

    /// <summary>
    /// Called after each event on the thread that caused it, inside SQLite: it may call <see cref="Cut(int, string)"/>
    /// and <see cref="PowerOff"/>, but must not use a connection. An exception cuts the power and is kept as
    /// <see cref="Fault"/>.
    /// </summary>
    public Action<DiskEvent>? OnEvent
    {
        get => _registration.Disk.Observer;
        set => _registration.Disk.Observer = value;
    }

    /// <summary>Number of events so far.</summary>
    public long Events => _registration.Disk.Events;

    /// <summary>Number of files that SQLite holds open through this disk.</summary>
    public int OpenFiles => _registration.OpenFiles;

    /// <summary>Whether the disk still takes changes.</summary>
    public bool IsPowered => _registration.Disk.IsPowered;

    /// <summary>The first exception out of <see cref="OnEvent"/> or the model, or null.</summary>
    public Exception? Fault => _registration.Disk.Fault;

    /// <summary>Whether the native memory was given back: after disposal, once no file is open.</summary>
    public bool IsFreed => _registration.IsFreed;

    /// <summary>
    /// A connection string for a file of this disk. Not pooled: a pooled connection would hold the disk's memory.
    /// </summary>
    /// <param name="fileName">Path relative to <see cref="Folder"/>.</param>
    public string ConnectionString(string fileName) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(Folder, fileName),
        Vfs = VfsName,
        Pooling = false,
    }.ToString();

    /// <summary>
    /// Freezes the disk: from now on each change and sync is refused as an I/O error, and
    /// <see cref="Cut(int, string)"/> answers for this moment. Reading and closing still work, so the
    /// program under test can be let go.
    /// </summary>
    public void PowerOff() => _registration.Disk.PowerOff();

    /// <summary>
    /// Writes into a folder the files that a power cut at this moment would leave. The disk goes on unchanged. May be
    /// called at any time and from any thread, in the middle of a sync too (from <see cref="OnEvent"/>).
    /// </summary>
    /// <param name="seed">Chooses which unsynced changes survive; see <see cref="CutPlan.FromSeed"/>.</param>
    /// <param name="targetFolder">Created when missing; must hold no files.</param>
    public void Cut(int seed, string targetFolder) => Cut(CutPlan.FromSeed(seed), targetFolder);

    /// <inheritdoc cref="Cut(int, string)"/>
    /// <param name="plan">Chooses which unsynced changes survive.</param>
    /// <param name="targetFolder">Created when missing; must hold no files.</param>
    public void Cut(CutPlan plan, string targetFolder)
    {
        DiskSnapshot moment = _registration.Disk.Snapshot();
        Directory.CreateDirectory(targetFolder);
        if (Directory.EnumerateFileSystemEntries(targetFolder).Any())
        {
            throw new IOException($"The folder for the files after a power cut is not empty: '{targetFolder}'.");
        }

        foreach ((string name, FileContent content) in plan.FilesAfter(moment.Names))
        {
            Save(targetFolder, name, content.Span);
        }

        foreach ((string name, byte[] content) in moment.Others)
        {
            Save(targetFolder, name, content);
        }
    }

    /// <summary>
    /// Takes the VFS from SQLite. Files still open stay usable; the last one to close frees the native memory.
    /// </summary>
    public void Dispose() => _registration.Dispose();

    private static void Save(string folder, string name, ReadOnlySpan<byte> content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 1);
        file.Write(content);
    }
}
