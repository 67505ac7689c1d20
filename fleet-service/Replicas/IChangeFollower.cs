namespace KioskFleet.Service.Replicas;

/// <summary>
/// Something that a service keeps in memory of what the database holds, and reads again when another service changed
/// it. Called by one thread at a time, between other services' commits too; writes nothing.
/// </summary>
internal interface IChangeFollower
{
    /// <summary>The topic of its changes, as the database's triggers write it.</summary>
    string Topic { get; }

    /// <summary>Reads again what changed.</summary>
    /// <param name="keys">Which cabinets; a topic without cabinets has one empty key.</param>
    void Reload(IReadOnlyCollection<string> keys);

    /// <summary>Reads everything again.</summary>
    void ReloadAll();
}
