namespace KioskFleet.TestKit;

/// <summary>
/// A new, empty folder under the system's temporary folder, deleted with all it holds when disposed. A file that
/// cannot be deleted does not fail the test: the folder is left to the system.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Creates the folder.</summary>
    /// <param name="purpose">A word for the folder's name, so that a leftover tells where it came from.</param>
    public TemporaryFolder(string purpose = "test")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(purpose);
        Path = Directory.CreateTempSubdirectory($"kioskfleet-{purpose}-").FullName;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>True after <see cref="Dispose"/> when something inside could not be deleted.</summary>
    public bool LeftBehind { get; private set; }

    /// <summary>Absolute path of a file in the folder; nothing is created.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes UTF-8 text without a byte order mark to a file of the folder and returns its path.</summary>
    public string Write(string name, string text)
    {
        var path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Creates a folder inside this one and returns its path.</summary>
    public string Folder(string name) => Directory.CreateDirectory(File(name)).FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            LeftBehind = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LeftBehind = true;
        }
    }
}
