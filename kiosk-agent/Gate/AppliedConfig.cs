using KioskFleet.Agent.Journal;
using KioskFleet.Protocol.Configs;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

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

    /// <summary>The bytes of the file that keeps it: <c>KFA1</c>, journal (16), number (8), the config as it came,
    /// SHA-256 of all that (32).</summary>
    public byte[] ToFile()
    {
        var writer = new ByteWriter(Versioned.Payload.Length + 64);
        writer.Bytes(Magic);
        writer.Journal(AppliedAt.Journal);
        writer.U64(AppliedAt.Seq);
        writer.Bytes(Versioned.Payload.Span);
        writer.Bytes(Digest.Of(writer.Written).ToArray());
        return writer.Written.ToArray();
    }

    /// <summary>The second copy, for the journal's file.</summary>
    public KeptConfig ToCopy() => new(Version, Config.Mode, Config.Kind,
        Math.Max(Config.RestrictFromUtcMs, Config.ExemptUntilUtcMs), ToFile());

    /// <summary>Reads a file's bytes; null when they are not one: a damaged config is never worked by.</summary>
    public static AppliedConfig? OfFile(ReadOnlyMemory<byte> file)
    {
        var bytes = file[..Math.Max(0, file.Length - Digest.Size)];
        if (bytes.Length == 0 || Digest.Of(bytes.Span) != Digest.Read(file.Span[bytes.Length..]))
        {
            return null;
        }

        var reader = new ByteReader(bytes.Span);
        var isOurs = reader.Bytes(Magic.Length).SequenceEqual(Magic);
        var at = new EntryOrigin(reader.Journal(), reader.U64());
        return isOurs && !reader.Failed && VersionedConfig.TryParse(bytes[reader.Position..], out var versioned)
            ? new AppliedConfig(versioned, at)
            : null;
    }
}

/// <summary>
/// What is left of a config of which neither copy can be read. Having lost a rule is not never having heard one: what
/// had been restricted stays so, although nobody knows any more what is aid.
/// </summary>
/// <param name="Mode">What it said that the gate does.</param>
/// <param name="Kind">How it said that the cabinet hands goods out.</param>
/// <param name="RestrictFromUtcMs">When its notice and its exemption had run out, Unix milliseconds UTC.</param>
internal sealed record LostConfig(GateMode Mode, CabinetKind Kind, long RestrictFromUtcMs)
{
    /// <summary>True when nothing is vended at a moment; one door to all goods refused nothing before either.</summary>
    public bool RefusesAt(long nowUtcMs) =>
        Mode == GateMode.Restrict && Kind != CabinetKind.OpenDoor && nowUtcMs >= RestrictFromUtcMs;
}
