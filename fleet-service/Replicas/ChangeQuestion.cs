using KioskFleet.Service.Storage;

namespace KioskFleet.Service.Replicas;

/// <summary>
/// The question what other services changed since this one looked, which can be asked along with others. Belongs to one
/// connection and one thread.
/// </summary>
internal sealed class ChangeQuestion(ChangeWatch watch, FleetConnection connection) : IDisposable
{
    private long _asked;

    /// <summary>The question itself.</summary>
    public Statement Statement { get; } = ChangeTable.Since(connection);

    /// <summary>Makes it the question for all that was not read until now.</summary>
    public void Set()
    {
        _asked = watch.Seen;
        Statement.Set(1, _asked).Set(2, (long)ChangeWatch.MostChanges);
    }

    /// <summary>Takes the answer, or asks if it was not asked yet, and follows what changed.</summary>
    public void Answer()
    {
        while (!watch.Follow(connection, _asked, Read()))
        {
            Set();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Statement.Dispose();

    private List<ReplicaChange> Read()
    {
        var found = new List<ReplicaChange>();
        while (Statement.Next())
        {
            found.Add(new ReplicaChange(Statement.Long(0), Statement.Text(1), Statement.Text(2)));
        }

        return found;
    }
}
