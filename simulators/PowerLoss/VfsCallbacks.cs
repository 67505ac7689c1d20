using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static KioskFleet.Simulators.PowerLoss.SqliteNative;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// The methods of the VFS itself. Opening and deleting pass the disk's model of names; all else is the default VFS's.
/// </summary>
internal static unsafe class VfsCallbacks
{
    /// <summary>Fills the function table of a VFS.</summary>
    public static void Fill(SqliteVfs* vfs)
    {
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        vfs->Access = &Access;
        vfs->FullPathname = &FullPathname;
        vfs->DlOpen = &DlOpen;
        vfs->DlError = &DlError;
        vfs->DlSym = &DlSym;
        vfs->DlClose = &DlClose;
        vfs->Randomness = &Randomness;
        vfs->Sleep = &Sleep;
        vfs->CurrentTime = &CurrentTime;
        vfs->GetLastError = &GetLastError;
        vfs->CurrentTimeInt64 = &CurrentTimeInt64;
    }

    private static SqliteVfs* Base(SqliteVfs* vfs) => VfsRegistration.From(vfs).BaseVfs;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(SqliteVfs* vfs, byte* path, SqliteFile* file, int flags, int* outFlags)
    {
        VfsRegistration registration = VfsRegistration.From(vfs);
        file->Methods = null;
        try
        {
            string? name = path is null || (flags & OpenDeleteOnClose) != 0
                ? null
                : registration.Disk.NameOf(Marshal.PtrToStringUTF8((nint)path)!);
            return name is null
                ? OpenOutside(registration, path, file, flags, outFlags)
                : OpenModelled(registration, path, file, (flags, (nint)outFlags), name);
        }
        catch (Exception exception)
        {
            registration.Disk.Fail(exception);
            return CannotOpen;
        }
    }

    private static int OpenOutside(
        VfsRegistration registration, byte* path, SqliteFile* file, int flags, int* outFlags)
    {
        int result = OpenBase(registration.BaseVfs, path, file, flags, outFlags);
        if (result == Ok)
        {
            OpenFile.Attach(file, registration, image: null, name: "", directorySyncDue: false);
        }

        return result;
    }

    private static int OpenModelled(
        VfsRegistration registration, byte* path, SqliteFile* file, (int Flags, nint OutFlags) mode, string name)
    {
        DiskState disk = registration.Disk;
        bool isNew;
        lock (disk.Gate)
        {
            disk.Reconcile(name);
            isNew = disk.Names.Find(name) is null;
            if (isNew && !disk.IsPowered)
            {
                return CannotOpen;
            }

            int result = OpenBase(registration.BaseVfs, path, file, mode.Flags, (int*)mode.OutFlags);
            if (result != Ok)
            {
                return result;
            }

            FileImage image = disk.Names.Find(name) ?? disk.Names.Create(name);
            OpenFile.Attach(file, registration, image, name, TakesDirectoryAlong(mode.Flags));
        }

        if (isNew)
        {
            disk.Raise(DiskEventKind.Create, name);
        }

        return Ok;
    }

    /// <summary>
    /// The default VFS's own rule: the first sync of a journal or WAL file opened to create syncs its directory.
    /// </summary>
    private static bool TakesDirectoryAlong(int flags) =>
        (flags & OpenCreate) != 0 && (flags & (OpenMainJournal | OpenSuperJournal | OpenWal)) != 0;

    private static int OpenBase(SqliteVfs* baseVfs, byte* path, SqliteFile* file, int flags, int* outFlags)
    {
        SqliteFile* inner = OpenFileHeader.BaseOf(file);
        inner->Methods = null;
        int result = baseVfs->Open(baseVfs, path, inner, flags, outFlags);
        if (result != Ok && inner->Methods is not null)
        {
            inner->Methods->Close(inner);
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(SqliteVfs* vfs, byte* path, int syncDirectory)
    {
        VfsRegistration registration = VfsRegistration.From(vfs);
        DiskState disk = registration.Disk;
        try
        {
            if (disk.NameOf(Marshal.PtrToStringUTF8((nint)path)!) is not { } name)
            {
                return registration.BaseVfs->Delete(registration.BaseVfs, path, syncDirectory);
            }

            lock (disk.Gate)
            {
                disk.Reconcile(name);
                int result = disk.IsPowered
                    ? registration.BaseVfs->Delete(registration.BaseVfs, path, 0)
                    : IoErrorDelete;
                if (result != Ok)
                {
                    return result;
                }

                disk.Names.Delete(name);
            }

            disk.Raise(DiskEventKind.Delete, name);
            return syncDirectory == 0 || disk.SyncDirectory(name) ? Ok : IoErrorDelete;
        }
        catch (Exception exception)
        {
            disk.Fail(exception);
            return IoErrorDelete;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Access(SqliteVfs* vfs, byte* path, int flags, int* result) =>
        Base(vfs)->Access(Base(vfs), path, flags, result);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FullPathname(SqliteVfs* vfs, byte* path, int outBytes, byte* fullPath) =>
        Base(vfs)->FullPathname(Base(vfs), path, outBytes, fullPath);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* DlOpen(SqliteVfs* vfs, byte* path) => Base(vfs)->DlOpen(Base(vfs), path);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DlError(SqliteVfs* vfs, int bytes, byte* message) =>
        Base(vfs)->DlError(Base(vfs), bytes, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* DlSym(SqliteVfs* vfs, void* library, byte* symbol) =>
        Base(vfs)->DlSym(Base(vfs), library, symbol);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DlClose(SqliteVfs* vfs, void* library) => Base(vfs)->DlClose(Base(vfs), library);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Randomness(SqliteVfs* vfs, int bytes, byte* buffer) =>
        Base(vfs)->Randomness(Base(vfs), bytes, buffer);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sleep(SqliteVfs* vfs, int microseconds) => Base(vfs)->Sleep(Base(vfs), microseconds);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTime(SqliteVfs* vfs, double* julianDay) => Base(vfs)->CurrentTime(Base(vfs), julianDay);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetLastError(SqliteVfs* vfs, int bytes, byte* message) =>
        Base(vfs)->GetLastError(Base(vfs), bytes, message);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CurrentTimeInt64(SqliteVfs* vfs, long* julianMilliseconds) =>
        Base(vfs)->CurrentTimeInt64(Base(vfs), julianMilliseconds);
}
