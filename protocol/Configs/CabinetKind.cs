namespace KioskFleet.Protocol.Configs;

/// <summary>How a cabinet hands goods out, which decides what its gate can refuse. The number is on the wire.</summary>
public enum CabinetKind : byte
{
    /// <summary>Piece by piece from slots: every single vend can be refused.</summary>
    Slot = 1,

    /// <summary>A door of its own for each piece: every single vend can be refused.</summary>
    Locker = 2,

    /// <summary>
    /// One door to all goods, settled by vision or weight: once it is open nothing can be refused, so a gate only
    /// warns.
    /// </summary>
    OpenDoor = 3,

    /// <summary>
    /// Several doors, each to a compartment, settled by vision or weight: a compartment that holds only ordinary goods
    /// can stay shut, a mixed one cannot.
    /// </summary>
    OpenDoorCompartments = 4,
}

/// <summary>What a gate does about the share. The number is on the wire.</summary>
public enum GateMode : byte
{
    /// <summary>Nothing: the service only looks.</summary>
    Observe = 1,

    /// <summary>An ordinary vend beyond headroom and allowance passes with a warning.</summary>
    Warn = 2,

    /// <summary>From its moment on, an ordinary vend beyond headroom and allowance is refused; until then as Warn.
    /// </summary>
    Restrict = 3,
}

/// <summary>What a SKU counts as. The number is on the wire.</summary>
public enum GateClass : byte
{
    /// <summary>An aid product: in aid and in the total.</summary>
    Aid = 1,

    /// <summary>An ordinary product: in the total.</summary>
    Ordinary = 2,

    /// <summary>Nobody mapped it: in the total, so a gate treats it as ordinary. Also every SKU a config does not name.
    /// </summary>
    Unmapped = 3,
}
