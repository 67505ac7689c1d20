using System.Runtime.InteropServices;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// SQLite's memory for one open file: our header, and behind it the default VFS's own file object.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OpenFileHeader
{
    /// <summary>Our methods; the first word, where SQLite looks for them.</summary>
    public SqliteIoMethods* Methods;

    /// <summary>A <see cref="GCHandle"/> to the <see cref="OpenFile"/>.</summary>
    public nint State;

    /// <summary>The default VFS's file object of the same open file.</summary>
    public static SqliteFile* BaseOf(SqliteFile* file) => (SqliteFile*)((byte*)file + sizeof(OpenFileHeader));
}

/// <summary>What the VFS knows of one open file. SQLite uses an open file from one thread at a time.</summary>
internal sealed unsafe class OpenFile
{
    private bool _directorySyncDue;

    private OpenFile(VfsRegistration registration, FileImage? image, string name, bool directorySyncDue)
    {
        Registration = registration;
        Image = image;
        Name = name;
        _directorySyncDue = directorySyncDue;
    }

    /// <summary>The registration that this file keeps alive.</summary>
    public VfsRegistration Registration { get; }

    /// <summary>The disk's state.</summary>
    public DiskState Disk => Registration.Disk;

    /// <summary>The modelled file, or null for a temporary file or one outside the disk's folder.</summary>
    public FileImage? Image { get; }

    /// <summary>Name on the disk; empty when not modelled.</summary>
    public string Name { get; }

    /// <summary>True once, for journals and WAL files: their first sync takes the directory along.</summary>
    public bool TakeDirectorySync()
    {
        bool due = _directorySyncDue;
        _directorySyncDue = false;
        return due;
    }

    /// <summary>The open file behind SQLite's pointer.</summary>
    public static OpenFile From(SqliteFile* file) =>
        (OpenFile)GCHandle.FromIntPtr(((OpenFileHeader*)file)->State).Target!;

    /// <summary>Puts a new open file behind SQLite's pointer; <see cref="Detach"/> ends it.</summary>
    public static void Attach(
        SqliteFile* file, VfsRegistration registration, FileImage? image, string name, bool directorySyncDue)
    {
        OpenFile open = new(registration, image, name, directorySyncDue);
        ((OpenFileHeader*)file)->State = GCHandle.ToIntPtr(GCHandle.Alloc(open));
        file->Methods = FileCallbacks.Methods;
        registration.FileOpened();
    }

    /// <summary>Ends the open file; the last one of a disposed disk frees the disk's native memory.</summary>
    public static void Detach(SqliteFile* file)
    {
        GCHandle handle = GCHandle.FromIntPtr(((OpenFileHeader*)file)->State);
        OpenFile open = (OpenFile)handle.Target!;
        handle.Free();
        file->Methods = null;
        open.Registration.FileClosed();
    }
}
