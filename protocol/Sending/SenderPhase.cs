namespace KioskFleet.Protocol.Sending;

/// <summary>The phases of a sender.</summary>
public enum SenderPhase
{
    /// <summary>No link.</summary>
    Offline,

    /// <summary>A hello is due, perhaps after a back-off.</summary>
    HelloDue,

    /// <summary>A hello was sent and not answered yet.</summary>
    AwaitingHello,

    /// <summary>The service's head is known; batches follow while there are entries behind it.</summary>
    Draining,

    /// <summary>A batch was sent and not answered yet.</summary>
    AwaitingBatch,

    /// <summary>The journal has ended; its successor is being made.</summary>
    AwaitingSuccessor,

    /// <summary>A closed journal that the service takes nothing more of; it asks again with the next hello.</summary>
    Finished,
}
