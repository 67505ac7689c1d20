namespace KioskFleet.Service.Storage;

/// <summary>
/// Stands before every transaction that writes on behalf of a work that is done once: whoever lost the work meanwhile,
/// frozen for a while perhaps, writes nothing any more.
/// </summary>
internal interface IWriteFence
{
    /// <summary>Makes sure inside the transaction, and until its end, that the work is still this service's.</summary>
    /// <exception cref="InvalidOperationException">It is not; the transaction is undone.</exception>
    void Require(FleetConnection connection);
}
