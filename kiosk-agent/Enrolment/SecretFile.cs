using KioskFleet.Agent.Journal;

namespace KioskFleet.Agent.Enrolment;

/// <summary>
/// Writes small files that only their owner may read, whole or not at all: a temporary file is fsynced and renamed over
/// the old one, then the directory is fsynced. After a power cut at any moment the old or the new content is there.
/// </summary>
internal static class SecretFile
{
    /// <summary>Largest secret, in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyFolder = OwnerOnly | UnixFileMode.UserExecute;
    private const string TemporaryEnding = ".new";

    /// <summary>Makes the folder, with mode 0700 when it is new, and fsyncs its parent.</summary>
    public static void CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(folder))!;
        Directory.CreateDirectory(parent);
        Directory.CreateDirectory(folder, OwnerOnlyFolder);
        DurableFiles.SyncDirectory(parent);
    }

    /// <summary>Writes the file with mode 0600.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, MaxBytes, nameof(content));
        var temporary = path + TemporaryEnding;
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
        DurableFiles.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is larger than <see cref="MaxBytes"/>.</exception>
    public static byte[]? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return new FileInfo(path).Length <= MaxBytes
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException($"{path} is larger than {MaxBytes} bytes.");
    }

    /// <summary>Removes the file for good.</summary>
    public static void Remove(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            DurableFiles.SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }
}
