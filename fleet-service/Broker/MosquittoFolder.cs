using System.Text;

namespace KioskFleet.Service.Broker;

/// <summary>
/// The folder of Mosquitto's files on disk. Each file is replaced whole: whoever reads it sees the old or the new one.
/// Readable by owner and group only. Not thread-safe.
/// </summary>
internal sealed class MosquittoFolder(string path)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const string TemporaryEnding = ".new";

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>Writes what differs; false when both files were as they should be.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public bool Write(MosquittoFiles files)
    {
        // Rights first: an account never works with less than its own lines.
        var access = Write(MosquittoFiles.AccessName, files.Access);
        return Write(MosquittoFiles.UsersName, files.Users) || access;
    }

    /// <summary>The hash of a user in the file that is there, or null.</summary>
    public string? HashOf(string user)
    {
        var file = System.IO.Path.Combine(path, MosquittoFiles.UsersName);
        return !File.Exists(file)
            ? null
            : File.ReadLines(file).FirstOrDefault(l => l.StartsWith(user + ":", StringComparison.Ordinal))?
                [(user.Length + 1)..];
    }

    private bool Write(string name, string content)
    {
        var (file, bytes) = (System.IO.Path.Combine(path, name), Encoding.UTF8.GetBytes(content));
        if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes))
        {
            return false;
        }

        var temporary = file + TemporaryEnding;
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        if (!OperatingSystem.IsWindows())
        {
            // Whatever the process's mask: Mosquitto's group has to read it.
            File.SetUnixFileMode(temporary, Mode);
        }

        File.Move(temporary, file, overwrite: true);
        return true;
    }
}
