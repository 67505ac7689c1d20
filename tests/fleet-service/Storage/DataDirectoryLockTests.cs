using KioskFleet.Service.Storage;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

[RunsOnce]
public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kiosk-fleet-lock-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_data_directory_is_one_services_until_that_ends()
    {
        var options = new StorageOptions { DataDirectory = Path.Combine(_folder.FullName, "new") };
        using (DataDirectoryLock.Take(options))
        {
            var error = Assert.Throws<StorageException>(() => DataDirectoryLock.Take(options));
            Assert.StartsWith(options.DataDirectory, error.Message, StringComparison.Ordinal);
            Assert.Contains("Storage:DataDirectory", error.Message, StringComparison.Ordinal);
        }

        DataDirectoryLock.Take(options).Dispose();
    }

    [Fact]
    public void What_is_no_backup_is_not_restored_and_leaves_nothing_behind()
    {
        var options = new StorageOptions { DataDirectory = Path.Combine(_folder.FullName, "restored") };
        var junk = Path.Combine(_folder.FullName, "junk.db");
        File.WriteAllText(junk, "no database");
        var error = Assert.Throws<StorageException>(() => DatabaseCopy.Restore(junk, options, TimeProvider.System));
        Assert.StartsWith(junk, error.Message, StringComparison.Ordinal);
        Assert.Equal([DataDirectoryLock.FileName],
            Directory.GetFiles(options.DataDirectory).Select(Path.GetFileName));
    }
}
