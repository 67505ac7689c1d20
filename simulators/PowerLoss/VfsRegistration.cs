using System.Runtime.InteropServices;
using System.Text;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// One VFS known to SQLite and the native memory it needs. After <see cref="Dispose"/> the name is gone at once; the
/// memory follows with the last open file, since SQLite keeps pointers into it until then. Thread-safe.
/// </summary>
internal sealed unsafe class VfsRegistration : IDisposable
{
    private const string BaseName = "unix";
    private static int s_registered;

    private readonly Lock _gate = new();
    private SqliteVfs* _vfs;
    private int _openFiles;
    private bool _isDisposed;

    /// <summary>Registers a VFS for the disk over a folder that exists.</summary>
    /// <exception cref="PlatformNotSupportedException">SQLite has no unix VFS here.</exception>
    public VfsRegistration(string folder)
    {
        BaseVfs = SqliteNative.FindVfs(BaseName);
        if (BaseVfs is null)
        {
            throw new PlatformNotSupportedException($"SQLite has no VFS named '{BaseName}' on this system.");
        }

        Disk = new DiskState(ResolvedPath(folder));
        Name = $"powerloss-{Environment.ProcessId}-{Interlocked.Increment(ref s_registered)}";
        byte[] name = Encoding.UTF8.GetBytes(Name + '\0');

        // One block: the struct, and the name behind it.
        _vfs = (SqliteVfs*)NativeMemory.AllocZeroed((nuint)(sizeof(SqliteVfs) + name.Length));
        _vfs->Version = 2;
        _vfs->FileSizeBytes = sizeof(OpenFileHeader) + BaseVfs->FileSizeBytes;
        _vfs->MaxPathBytes = BaseVfs->MaxPathBytes;
        _vfs->Name = (byte*)(_vfs + 1);
        name.CopyTo(new Span<byte>(_vfs->Name, name.Length));
        _vfs->AppData = (void*)GCHandle.ToIntPtr(GCHandle.Alloc(this));
        VfsCallbacks.Fill(_vfs);

        int result = SqliteNative.RegisterVfs(_vfs, 0);
        if (result != SqliteNative.Ok)
        {
            Free();
            throw new InvalidOperationException($"SQLite refused to register a VFS: error {result}.");
        }
    }

    /// <summary>The name to open databases with.</summary>
    public string Name { get; }

    /// <summary>The disk's state.</summary>
    public DiskState Disk { get; }

    /// <summary>The default VFS that keeps the live files.</summary>
    public SqliteVfs* BaseVfs { get; }

    /// <summary>Number of files that SQLite holds open.</summary>
    public int OpenFiles
    {
        get
        {
            lock (_gate)
            {
                return _openFiles;
            }
        }
    }

    /// <summary>Whether the native memory has been given back.</summary>
    public bool IsFreed
    {
        get
        {
            lock (_gate)
            {
                return _vfs is null;
            }
        }
    }

    /// <summary>The registration behind SQLite's pointer.</summary>
    public static VfsRegistration From(SqliteVfs* vfs) =>
        (VfsRegistration)GCHandle.FromIntPtr((nint)vfs->AppData).Target!;

    /// <summary>Counts an open file.</summary>
    public void FileOpened()
    {
        lock (_gate)
        {
            _openFiles++;
        }
    }

    /// <summary>Counts a closed file; frees the memory of a disposed registration with the last one.</summary>
    public void FileClosed()
    {
        lock (_gate)
        {
            if (--_openFiles == 0 && _isDisposed)
            {
                Free();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            int result = SqliteNative.UnregisterVfs(_vfs);
            System.Diagnostics.Debug.Assert(result == SqliteNative.Ok, "SQLite never refuses to forget a VFS.");
            if (_openFiles == 0)
            {
                Free();
            }
        }
    }

    private void Free()
    {
        GCHandle.FromIntPtr((nint)_vfs->AppData).Free();
        NativeMemory.Free(_vfs);
        _vfs = null;
    }

    /// <summary>The path as SQLite will name it: full, with symbolic links followed.</summary>
    private string ResolvedPath(string folder)
    {
        byte[] path = Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + '\0');
        byte[] resolved = new byte[PowerLossLimits.MaxFolderPathBytes];
        fixed (byte* from = path)
        fixed (byte* to = resolved)
        {
            // The result may also say that a link was followed: everything above the low byte is information.
            int result = BaseVfs->FullPathname(BaseVfs, from, resolved.Length, to) & 0xff;
            return result == SqliteNative.Ok
                ? Marshal.PtrToStringUTF8((nint)to)!
                : throw new IOException($"SQLite cannot resolve the path '{folder}': error {result}.");
        }
    }
}
