using KioskFleet.Service.Replicas;
using KioskFleet.Service.Storage;
using KioskFleet.Service.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace KioskFleet.Service.Tests.Replicas;

/// <summary>Whoever asks for leases is in a hurry; whoever writes after it on the same connection is not.</summary>
[RunsOnce]
public sealed class LeasePatienceTests
{
    [Fact]
    public async Task Asking_leaves_connections_as_patient_as_they_were()
    {
        using var files = new TemporaryDatabase(StorageEngine.PostgreSql);
        using var leases = new Leases(
            files.Database, Options.Create(new ReplicaOptions()), TimeProvider.System, NullLogger<Leases>.Instance);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var work = leases.RunAsync("charts", stop => Task.Delay(Timeout.Infinite, stop), end.Token);
        leases.Ask();

        // The pool gives its connections in turn.
        Assert.Single(Enumerable.Range(0, 10).Select(_ =>
        {
            using var connection = files.Database.OpenWriter();
            return connection.Query("SHOW lock_timeout", row => row.Text(0)).Single();
        }).ToHashSet());
        await end.CancelAsync();
        await work;
    }
}
