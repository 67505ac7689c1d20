using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Agent.Gate;

/// <summary>A config that this cabinet works by, and how far its own journal had come when it was applied.</summary>
/// <param name="Versioned">The config.</param>
/// <param name="AppliedAt">
/// The journal that was written then and its last number: whatever comes behind cannot be in the config's figures.
/// </param>
internal sealed record AppliedConfig(VersionedConfig Versioned, EntryOrigin AppliedAt)
{
    private readonly Dictionary<string, SkuClass> _skus =
        Versioned.Config.Skus.ToDictionary(sku => sku.Sku, StringComparer.Ordinal);

    private static ReadOnlySpan<byte> Magic => "KFA1"u8;

    /// <summary>What the config says.</summary>
    public CabinetConfig Config => Versioned.Config;

    /// <summary>Its version.</summary>
    public string Version => Versioned.Version;

    /// <summary>What a SKU counts as at a moment; Unmapped when the config does not name it.</summary>
    public SkuSpan ClassOf(string sku, long utcMs) =>
        _skus.TryGetValue(sku, out var known) ? known.At(utcMs) : new SkuSpan(0, GateClass.Unmapped, false);

    /// <summary>The bytes of the file that keeps it: <c>KFA1</c>, journal (16), number (8), the config as it came.
    /// </summary>
    public byte[] ToFile()
    {
        var writer = new ByteWriter(Versioned.Payload.Length + 32);
        writer.Bytes(Magic);
        writer.Journal(AppliedAt.Journal);
        writer.U64(AppliedAt.Seq);
        writer.Bytes(Versioned.Payload.Span);
        return writer.Written.ToArray();
    }

    /// <summary>Reads a file's bytes; null when they are not one: the version is a hash of the content, so a damaged
    /// config is never worked by.</summary>
    public static AppliedConfig? OfFile(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes.Span);
        var isOurs = reader.Bytes(Magic.Length).SequenceEqual(Magic);
        var at = new EntryOrigin(reader.Journal(), reader.U64());
        return isOurs && !reader.Failed && VersionedConfig.TryParse(bytes[reader.Position..], out var versioned)
            ? new AppliedConfig(versioned, at)
            : null;
    }
}
