using System.Diagnostics.CodeAnalysis;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Identity;
using KioskFleet.Protocol.Signing;

namespace KioskFleet.Protocol.Configs;

/// <summary>A config with its version: what goes over the wire.</summary>
/// <param name="Version">
/// The first 32 hexadecimal digits of the SHA-256 of everything behind the version. Versions are compared for equality;
/// none is greater than another.
/// </param>
/// <param name="Config">What it says.</param>
/// <param name="Payload">The bytes.</param>
public sealed record VersionedConfig(string Version, CabinetConfig Config, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Reads a payload; false when it is not a config of this layout, or its version is not its content's.
    /// </summary>
    public static bool TryParse(ReadOnlyMemory<byte> payload, [NotNullWhen(true)] out VersionedConfig? read)
    {
        read = null;
        if (payload.Length > Limits.MaxConfigBytes)
        {
            return false;
        }

        var reader = new ByteReader(payload.Span);
        if (!reader.Bytes(MessageMagic.Size).SequenceEqual(MessageMagic.Config))
        {
            return false;
        }

        var version = reader.Text();
        var content = reader.Failed ? default : payload[reader.Position..];
        if (version != CabinetConfig.VersionOf(content.Span) || ConfigReader.Read(ref reader) is not { } config)
        {
            return false;
        }

        read = new VersionedConfig(version, config, payload);
        return true;
    }
}

/// <summary>
/// What a cabinet's gate is to work by, also offline and after a restart. Layout, little-endian: <c>KFC1</c> (4),
/// version (text), cabinet (text), kind (1), mode (1), restrict from (8), exempt until (8); policy id (text), version
/// (4), window kind (text), zone offset (2), threshold count (1) and per threshold day (4) and share (2), allowance
/// (8) and its part (2), warning margin (2); journal (16), head (40), head time (8), count from (8), first and last
/// day of the window (4 + 4), its allowance (8), row count (2) and per row first and last day (4 + 4), aid, total and
/// turnover (8 each); SKU count (2) and per SKU its name (text), span count (1) and per span from (8), class (1),
/// blocked mark (1); exempt SKU count (2) and per SKU its name (text) and until (8). A day is the number yyyymmdd.
/// Immutable.
/// </summary>
/// <param name="Cabinet">The cabinet it is for.</param>
/// <param name="Kind">How the cabinet hands goods out.</param>
/// <param name="Mode">What the gate does about the share.</param>
/// <param name="RestrictFromUtcMs">
/// With <see cref="GateMode.Restrict"/> the moment from which ordinary vends are refused, Unix milliseconds UTC: the
/// notice has run out then. Else 0.
/// </param>
/// <param name="ExemptUntilUtcMs">Until then the share binds nothing here, Unix milliseconds UTC; 0 for never.</param>
/// <param name="Policy">The rule.</param>
/// <param name="Figures">Where the gate starts from.</param>
/// <param name="Skus">Classes of SKUs, ascending by their UTF-8 bytes; every other SKU is Unmapped.</param>
/// <param name="ExemptSkus">SKUs whose vends always pass, ascending likewise.</param>
public sealed record CabinetConfig(
    CabinetId Cabinet, CabinetKind Kind, GateMode Mode, long RestrictFromUtcMs, long ExemptUntilUtcMs,
    GatePolicy Policy, GateFigures Figures, IReadOnlyList<SkuClass> Skus, IReadOnlyList<ExemptSku> ExemptSkus)
{
    /// <summary>Hexadecimal digits of a version.</summary>
    public const int VersionLength = 32;

    /// <summary>
    /// A moment that had come when the service made this config, Unix milliseconds UTC: the latest entry it knew, or
    /// the beginning of the window that was running (of its last day, when it ends with every day).
    /// </summary>
    public long ProvenUtcMs => Math.Max(Figures.HeadUtcMs, BusinessWindow.StartUtcMs(
        BusinessWindow.IsRolling(Policy.Window) ? Figures.Window.Last : Figures.Window.First,
        Policy.ZoneOffsetMinutes));

    /// <summary>The bytes on the wire under their version.</summary>
    /// <exception cref="ArgumentException">Something lies outside <see cref="Limits"/>, or is not in order.</exception>
    public VersionedConfig Encode()
    {
        var content = new ByteWriter(1024);
        WriteContent(content);
        var version = VersionOf(content.Written);
        var writer = new ByteWriter(content.Length + 64);
        writer.Bytes(MessageMagic.Config);
        writer.Text(version);
        writer.Bytes(content.Written);
        return VersionedConfig.TryParse(writer.Written.ToArray(), out var encoded)
            ? encoded
            : throw new ArgumentException(
                $"A config of {writer.Length} bytes with {Skus.Count} SKUs breaks a limit or an order.");
    }

    /// <summary>The version of a content.</summary>
    internal static string VersionOf(ReadOnlySpan<byte> content) => Digest.Of(content).ToString()[..VersionLength];

    private void WriteContent(ByteWriter writer)
    {
        writer.Text(Cabinet.Value);
        writer.U8((byte)Kind);
        writer.U8((byte)Mode);
        writer.I64(RestrictFromUtcMs);
        writer.I64(ExemptUntilUtcMs);
        WritePolicy(writer);
        WriteFigures(writer);
        writer.U16(checked((ushort)Skus.Count));
        foreach (var sku in Skus)
        {
            writer.Text(sku.Sku);
            writer.U8(checked((byte)sku.Spans.Count));
            foreach (var span in sku.Spans)
            {
                writer.I64(span.FromUtcMs);
                writer.U8((byte)span.Class);
                writer.U8(span.IsBlocked ? (byte)1 : (byte)0);
            }
        }

        writer.U16(checked((ushort)ExemptSkus.Count));
        foreach (var exempt in ExemptSkus)
        {
            writer.Text(exempt.Sku);
            writer.I64(exempt.UntilUtcMs);
        }
    }

    private void WritePolicy(ByteWriter writer)
    {
        writer.Text(Policy.PolicyId);
        writer.U32(Policy.PolicyVersion);
        writer.Text(Policy.Window);
        writer.U16(unchecked((ushort)(short)Policy.ZoneOffsetMinutes));
        writer.U8(checked((byte)Policy.Thresholds.Count));
        foreach (var threshold in Policy.Thresholds)
        {
            writer.U32(NumberOf(threshold.From));
            writer.U16(checked((ushort)threshold.BasisPoints));
        }

        writer.I64(Policy.AllowanceFen);
        writer.U16(checked((ushort)Policy.AllowanceBasisPoints));
        writer.U16(checked((ushort)Policy.WarningMarginBasisPoints));
    }

    private void WriteFigures(ByteWriter writer)
    {
        writer.Journal(Figures.Journal);
        writer.Head(Figures.Head);
        writer.I64(Figures.HeadUtcMs);
        writer.I64(Figures.CountFromUtcMs);
        writer.U32(NumberOf(Figures.Window.First));
        writer.U32(NumberOf(Figures.Window.Last));
        writer.I64(Figures.AllowanceFen);
        writer.U16(checked((ushort)Figures.Rows.Count));
        foreach (var row in Figures.Rows)
        {
            writer.U32(NumberOf(row.First));
            writer.U32(NumberOf(row.Last));
            writer.I64(row.AidFen);
            writer.I64(row.TotalFen);
            writer.I64(row.TurnoverFen);
        }
    }

    private static uint NumberOf(DateOnly day) => (uint)(day.Year * 10_000 + day.Month * 100 + day.Day);
}
