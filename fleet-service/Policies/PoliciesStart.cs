using KioskFleet.Service.Places;
using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Policies;

/// <summary>
/// When the host starts: takes over the policies that no start saw before, and puts all stored ones in force. A data
/// set that would change what was judged stops the start.
/// </summary>
internal sealed class PoliciesStart(
    FleetDatabase database, PlacesDataSet places, CurrentPolicies current, TimeProvider time,
    ILogger<PoliciesStart> log) : IHostedService
{
    /// <inheritdoc/>
    /// <exception cref="DataSetException">Findings stand against the data set; nothing was taken over.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (taken, book) = await database.WriteAsync(
            (connection, _) => (
                PolicyStore.TakeOver(connection, places, time.GetUtcNow().ToUnixTimeMilliseconds()),
                PolicyStore.ReadBook(connection)),
            cancellationToken);
        current.Replace(book);
        foreach (var policy in taken.New)
        {
            PoliciesLog.TakenOver(log, policy.Id, policy.Version, places.DataSet);
        }

        foreach (var end in taken.Ends)
        {
            PoliciesLog.Ended(log, end.Policy.Id, PolicyJson.Day(end.To)!, places.DataSet);
        }

        foreach (var policy in taken.Left)
        {
            PoliciesLog.Left(log, policy.Id, policy.Version, places.DataSet, PolicyJson.Day(policy.To) ?? "its end");
        }

        PoliciesLog.Loaded(log, book.All.Length, book.Revision);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
