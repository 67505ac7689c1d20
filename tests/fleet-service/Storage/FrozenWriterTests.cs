using KioskFleet.Service.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace KioskFleet.Service.Tests.Storage;

/// <summary>A service that stands still in the middle of a COPY does not keep the others out.</summary>
[RunsOnce]
public sealed class FrozenWriterTests : IDisposable
{
    private readonly TemporaryDatabase _files = new(StorageEngine.PostgreSql);
    private readonly FleetDatabase _other;

    public FrozenWriterTests() => _other = FleetDatabase.Open(
        _files.Options with { BusyTimeoutSeconds = 1 }, TimeProvider.System, NullLogger<FleetDatabase>.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _other.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Its_connection_is_ended_and_nothing_of_it_is_kept()
    {
        var frozen = _files.Database.OpenWriter();
        var transaction = frozen.BeginWrite();
        using var rows = frozen.PrepareRows("doubles", "position, counted_position");
        Send(rows);

        // It stands still here.
        await WriteAsync().WaitAsync(TimeSpan.FromSeconds(20), Stop);
        Assert.ThrowsAny<Exception>(() =>
        {
            Send(rows);
            rows.Flush();
            transaction.Commit();
        });
        transaction.Dispose();
        frozen.Dispose();
        Assert.Equal(0L, _files.Run("SELECT count(*) FROM doubles"));
        Assert.Equal(7L, _files.Run("SELECT written_utc_ms FROM readiness"));
        await _files.Database.WriteAsync((connection, _) => connection.Execute("DELETE FROM readiness"), Stop);
    }

    [Fact]
    public async Task One_that_sends_on_is_left_alone()
    {
        using var busy = _files.Database.OpenWriter();
        using var transaction = busy.BeginWrite();
        using var rows = busy.PrepareRows("doubles", "position, counted_position");
        Send(rows);
        var writing = WriteAsync();
        while (!writing.IsCompleted)
        {
            Send(rows);
            await Task.Delay(50, Stop);
        }

        var error = await Assert.ThrowsAsync<PostgresException>(() => writing);
        Assert.Equal(PostgresErrorCodes.LockNotAvailable, error.SqlState);
        transaction.Commit();
        Assert.True((long)_files.Run("SELECT count(*) FROM doubles")! > 20_000);
    }

    private Task<long> WriteAsync() => Task.Run(() => _other.WriteAsync((connection, _) => connection.Execute(
        "INSERT INTO readiness (id, written_utc_ms) VALUES (1, 7) ON CONFLICT (id) DO UPDATE SET written_utc_ms = 7"),
        Stop));

    private int _row;

    /// <summary>More rows than are sent at once.</summary>
    private void Send(RowWriter rows)
    {
        for (var i = 0; i < 20_000; i++)
        {
            rows.Set(1, ++_row).Set(2, 1).Add();
        }
    }
}
