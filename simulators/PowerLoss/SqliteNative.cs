using System.Runtime.InteropServices;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>SQLite's <c>sqlite3_file</c>: the first word of every open file, whatever the VFS puts behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SqliteFile
{
    public SqliteIoMethods* Methods;
}

/// <summary>SQLite's <c>sqlite3_vfs</c>, version 2. Layout: sqlite.org/c3ref/vfs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SqliteVfs
{
    public int Version;
    public int FileSizeBytes;
    public int MaxPathBytes;
    public SqliteVfs* Next;
    public byte* Name;
    public void* AppData;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, byte*, SqliteFile*, int, int*, int> Open;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, byte*, int, int> Delete;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, byte*, int, int*, int> Access;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, byte*, int, byte*, int> FullPathname;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, byte*, void*> DlOpen;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, int, byte*, void> DlError;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, void*, byte*, void*> DlSym;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, void*, void> DlClose;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, int, byte*, int> Randomness;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, int, int> Sleep;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, double*, int> CurrentTime;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, int, byte*, int> GetLastError;
    public delegate* unmanaged[Cdecl]<SqliteVfs*, long*, int> CurrentTimeInt64;
}

/// <summary>
/// SQLite's <c>sqlite3_io_methods</c>, version 2: shared memory, but no memory-mapped reads (version 3). Layout:
/// sqlite.org/c3ref/io_methods.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SqliteIoMethods
{
    public int Version;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> Close;
    public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Read;
    public delegate* unmanaged[Cdecl]<SqliteFile*, void*, int, long, int> Write;
    public delegate* unmanaged[Cdecl]<SqliteFile*, long, int> Truncate;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Sync;
    public delegate* unmanaged[Cdecl]<SqliteFile*, long*, int> FileSize;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Lock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> Unlock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int*, int> CheckReservedLock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, void*, int> FileControl;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> SectorSize;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int> DeviceCharacteristics;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int, int, void**, int> ShmMap;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int, int, int> ShmLock;
    public delegate* unmanaged[Cdecl]<SqliteFile*, void> ShmBarrier;
    public delegate* unmanaged[Cdecl]<SqliteFile*, int, int> ShmUnmap;
}

/// <summary>The few functions and numbers of SQLite that a VFS needs beyond Microsoft.Data.Sqlite.</summary>
internal static unsafe partial class SqliteNative
{
    public const int Ok = 0;
    public const int Full = 13;
    public const int NotFound = 12;
    public const int CannotOpen = 14;
    public const int IoError = 10;
    public const int IoErrorWrite = IoError | (3 << 8);
    public const int IoErrorSync = IoError | (4 << 8);
    public const int IoErrorTruncate = IoError | (6 << 8);
    public const int IoErrorDelete = IoError | (10 << 8);

    public const int OpenCreate = 0x4;
    public const int OpenDeleteOnClose = 0x8;
    public const int OpenMainJournal = 0x800;
    public const int OpenSuperJournal = 0x4000;
    public const int OpenWal = 0x80000;

    /// <summary>File control that makes the default VFS grow files behind the wrapper's back.</summary>
    public const int ControlChunkSize = 6;

    /// <summary>Device promise: a write touches no byte outside itself, even when power is lost.</summary>
    public const int PowerSafeOverwrite = 0x1000;

    /// <summary>Device properties that speak of reading and deleting only, not of durability.</summary>
    public const int HarmlessCharacteristics = 0x800 | 0x8000;

    // The native library that SQLitePCLRaw's e_sqlite3 bundle, and so Microsoft.Data.Sqlite, loads.
    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    public static partial SqliteVfs* FindVfs(string? name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    public static partial int RegisterVfs(SqliteVfs* vfs, int makeDefault);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_unregister")]
    public static partial int UnregisterVfs(SqliteVfs* vfs);
}
