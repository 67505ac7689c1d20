using KioskFleet.Service.Hosting;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace KioskFleet.Service.Tests.Hosting;

/// <summary>What the program's commands answer to scripts: their exit codes.</summary>
[RunsOnce]
public sealed class CommandsTests : IDisposable
{
    private readonly TemporaryDatabase _files = new(StorageEngine.Sqlite);

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_proof_tells_what_does_not_fit_from_what_could_not_be_read()
    {
        Assert.Equal(2, await RunAsync("verify"));
        Assert.Equal(2, await RunAsync("verify", "--database", Path.Combine(_files.Folder, "none.db")));
        Assert.Equal(0, await RunAsync("migrate"));

        // Nothing was sold: nothing is proven by that.
        Assert.Equal(2, await RunAsync("verify"));
        _files.Run("""
            INSERT INTO journals (journal_no, journal_id, cabinet_id, head_seq, head_hash, last_utc_ms)
            VALUES (1, x'01', 'A1', 9, x'00', 0)
            """);
        _files.Close();
        Assert.Equal(1, await RunAsync("verify"));
        await File.WriteAllTextAsync(Path.Combine(_files.Folder, "junk.db"), "no database", Stop);
        Assert.Equal(2, await RunAsync("verify", "--database", Path.Combine(_files.Folder, "junk.db")));
    }

    [Fact]
    public async Task Commands_that_look_make_no_database()
    {
        Assert.Equal(2, await RunAsync("detach-month"));
        Assert.Equal(2, await RunAsync("token", "list"));
        Assert.Equal(2, await RunAsync("run", "--set", "Urls=foo"));
        Assert.Empty(Directory.GetFiles(_files.Folder));
    }

    [Fact]
    public void A_file_that_was_moved_is_not_opened_until_somebody_wants_it_so()
    {
        _ = _files.Database;
        _files.Close();
        var path = _files.Options.DatabasePath;
        MovedLedger.Mark(path, "db.example:5432/kioskfleet");
        var error = Assert.Throws<StorageException>(() => FleetDatabase.Open(
            _files.Options, TimeProvider.System, NullLogger<FleetDatabase>.Instance));
        Assert.Contains("db.example:5432/kioskfleet", error.Message, StringComparison.Ordinal);
        Assert.Contains(path + ".moved", error.Message, StringComparison.Ordinal);
        File.Delete(path + ".moved");
        Assert.NotNull(_files.Database);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<int> RunAsync(params string[] arguments) => Commands.Root()
        .Parse([.. arguments, "--set", $"Storage:DataDirectory={_files.Folder}"]).InvokeAsync(cancellationToken: Stop);
}
