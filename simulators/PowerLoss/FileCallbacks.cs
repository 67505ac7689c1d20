using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static KioskFleet.Simulators.PowerLoss.SqliteNative;

namespace KioskFleet.Simulators.PowerLoss;

/// <summary>
/// The methods of an open file. Reading, locking and shared memory go straight to the default VFS; writes, changes of
/// size and syncs pass the disk's model on the way. Nothing is really synced: the live file only has to be readable.
/// </summary>
internal static unsafe class FileCallbacks
{
    /// <summary>The one table all open files share; it lives as long as the type.</summary>
    public static readonly SqliteIoMethods* Methods = CreateMethods();

    private static SqliteIoMethods* CreateMethods()
    {
        var methods = (SqliteIoMethods*)RuntimeHelpers.AllocateTypeAssociatedMemory(
            typeof(FileCallbacks), sizeof(SqliteIoMethods));
        methods->Version = 2;
        methods->Close = &Close;
        methods->Read = &Read;
        methods->Write = &Write;
        methods->Truncate = &Truncate;
        methods->Sync = &Sync;
        methods->FileSize = &FileSize;
        methods->Lock = &Lock;
        methods->Unlock = &Unlock;
        methods->CheckReservedLock = &CheckReservedLock;
        methods->FileControl = &FileControl;
        methods->SectorSize = &SectorSize;
        methods->DeviceCharacteristics = &DeviceCharacteristics;
        methods->ShmMap = &ShmMap;
        methods->ShmLock = &ShmLock;
        methods->ShmBarrier = &ShmBarrier;
        methods->ShmUnmap = &ShmUnmap;
        return methods;
    }

    private static SqliteFile* Base(SqliteFile* file) => OpenFileHeader.BaseOf(file);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteFile* file)
    {
        int result = Base(file)->Methods->Close(Base(file));
        OpenFile.Detach(file);
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, void* buffer, int count, long offset) =>
        Base(file)->Methods->Read(Base(file), buffer, count, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, void* buffer, int count, long offset)
    {
        OpenFile open = OpenFile.From(file);
        try
        {
            if (open.Image is not { } image)
            {
                return Base(file)->Methods->Write(Base(file), buffer, count, offset);
            }

            lock (open.Disk.Gate)
            {
                int result = !open.Disk.IsPowered ? IoErrorWrite
                    : !image.HasRoomFor(offset, count) ? Full
                    : Base(file)->Methods->Write(Base(file), buffer, count, offset);
                if (result != Ok)
                {
                    return result;
                }

                image.Write(offset, new ReadOnlySpan<byte>(buffer, count));
            }

            open.Disk.Raise(DiskEventKind.Write, open.Name);
            return Ok;
        }
        catch (Exception exception)
        {
            open.Disk.Fail(exception);
            return IoErrorWrite;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long size)
    {
        OpenFile open = OpenFile.From(file);
        try
        {
            if (open.Image is not { } image)
            {
                return Base(file)->Methods->Truncate(Base(file), size);
            }

            lock (open.Disk.Gate)
            {
                int result = !open.Disk.IsPowered ? IoErrorTruncate
                    : size > PowerLossLimits.MaxFileBytes ? Full
                    : Base(file)->Methods->Truncate(Base(file), size);
                if (result != Ok)
                {
                    return result;
                }

                image.Truncate(size);
            }

            open.Disk.Raise(DiskEventKind.Truncate, open.Name);
            return Ok;
        }
        catch (Exception exception)
        {
            open.Disk.Fail(exception);
            return IoErrorTruncate;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        OpenFile open = OpenFile.From(file);
        try
        {
            return open.Image is null ? Base(file)->Methods->Sync(Base(file), flags)
                : open.Disk.Sync(open.Image, open.Name, open.TakeDirectorySync()) ? Ok
                : IoErrorSync;
        }
        catch (Exception exception)
        {
            open.Disk.Fail(exception);
            return IoErrorSync;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(SqliteFile* file, long* size) =>
        Base(file)->Methods->FileSize(Base(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(SqliteFile* file, int level) => Base(file)->Methods->Lock(Base(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(SqliteFile* file, int level) => Base(file)->Methods->Unlock(Base(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(SqliteFile* file, int* result) =>
        Base(file)->Methods->CheckReservedLock(Base(file), result);

    // Growth by chunks would change the live file's size without passing Write or Truncate: not offered.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(SqliteFile* file, int operation, void* argument) =>
        operation == ControlChunkSize ? NotFound : Base(file)->Methods->FileControl(Base(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(SqliteFile* file) => Base(file)->Methods->SectorSize(Base(file));

    // The model keeps the promise of power-safe overwrite and no other (no atomic, ordered or safe-append writes).
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(SqliteFile* file) =>
        Base(file)->Methods->DeviceCharacteristics(Base(file)) & (PowerSafeOverwrite | HarmlessCharacteristics);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(SqliteFile* file, int page, int pageBytes, int extend, void** memory) =>
        Base(file)->Methods->ShmMap(Base(file), page, pageBytes, extend, memory);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(SqliteFile* file, int offset, int count, int flags) =>
        Base(file)->Methods->ShmLock(Base(file), offset, count, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(SqliteFile* file) => Base(file)->Methods->ShmBarrier(Base(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(SqliteFile* file, int delete) =>
        Base(file)->Methods->ShmUnmap(Base(file), delete);
}
