using System.Runtime.InteropServices;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// Small files that must survive a power cut whole: written beside, synced, renamed, directory synced.
/// </summary>
internal static class DurableFiles
{
    /// <summary>
    /// Replaces a file's content; after a cut at any moment the old or the new content is there, whole.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var beside = path + ".new";
        using (var handle = File.OpenHandle(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(beside, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Renames a file if it is there; never onto another one. The caller syncs the directory.</summary>
    public static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to, overwrite: false);
        }
    }

    /// <summary>
    /// Makes names of a directory durable. Nothing to do on Windows, whose file system keeps them itself.
    /// </summary>
    /// <exception cref="IOException">The directory cannot be synced.</exception>
    public static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = System.Text.Encoding.UTF8.GetBytes(directory + '\0');
        var descriptor = NativeMethods.Open(path, 0);
        if (descriptor < 0)
        {
            throw new IOException($"The directory '{directory}' cannot be opened to sync it.");
        }

        var synced = NativeMethods.Sync(descriptor);
        var closed = NativeMethods.Close(descriptor);
        if (synced != 0 || closed != 0)
        {
            throw new IOException($"The directory '{directory}' cannot be synced.");
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Close(int descriptor);
    }
}
