namespace KioskFleet.Protocol.Signing;

/// <summary>
/// The first four bytes of each message: what it is and its layout's version. Also keeps signatures apart.
/// </summary>
public static class MessageMagic
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 4;

    /// <summary>A batch, version 1.</summary>
    public static ReadOnlySpan<byte> Batch => "KFB1"u8;

    /// <summary>A hello, version 1.</summary>
    public static ReadOnlySpan<byte> Hello => "KFH1"u8;

    /// <summary>A receipt, version 1.</summary>
    public static ReadOnlySpan<byte> Receipt => "KFR1"u8;

    /// <summary>A config, version 1.</summary>
    public static ReadOnlySpan<byte> Config => "KFC1"u8;

    /// <summary>A presence, version 1.</summary>
    public static ReadOnlySpan<byte> Presence => "KFP1"u8;
}
