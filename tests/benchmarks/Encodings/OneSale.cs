using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Serialization;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Entries;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Benchmarks.Encodings;

/// <summary>The sale that every encoding writes: one line, WeChat Pay, usual lengths.</summary>
internal static class OneSale
{
    public static readonly EntryTime Time = new(new BootId(UInt128.MaxValue / 3), 123_456_789, 1_601_000_000_000);

    public static readonly SaleBody Body = new(SaleSource.Vend, SaleMarks.None, "V20200925-000123",
        new Payment(PaymentMethod.WeChat, "MO20200925000123", "4200000712202009251234567890"),
        [new SaleLine("A12", "dy-tea-250", "定远绿茶", 1, 3_500, 3_500)]);

    public static FlatSale Flat { get; } = new(77, Time.Boot.ToString(), Time.MonotonicMs, Time.WallUtcMs, 1, 0,
        Body.VendId, 1,
        Body.Payment.MerchantOrderNumber, Body.Payment.TransactionNumber,
        [new FlatLine("A12", "dy-tea-250", "定远绿茶", 1, 3_500, 3_500)]);

    public static int WriteBinary(ByteWriter writer, ByteWriter bodyWriter)
    {
        writer.Clear();
        bodyWriter.Clear();
        Body.Write(bodyWriter);
        new EntryHeader(EntryKind.Sale, EntryMarks.None, 1, 77, Time, null).Write(writer, bodyWriter.Length);
        writer.Bytes(bodyWriter.Written);
        return writer.Length;
    }

    public static byte[] WriteCbor(CborWriter writer)
    {
        writer.Reset();
        writer.WriteStartArray(11);
        writer.WriteUInt64(Flat.Seq);
        writer.WriteByteString(BootBytes);
        writer.WriteInt64(Flat.MonotonicMs);
        writer.WriteInt64(Flat.WallUtcMs);
        writer.WriteInt32(Flat.Source);
        writer.WriteInt32(Flat.Marks);
        writer.WriteTextString(Flat.VendId);
        writer.WriteInt32(Flat.Method);
        writer.WriteTextString(Flat.MerchantOrderNumber);
        writer.WriteTextString(Flat.TransactionNumber);
        writer.WriteStartArray(Flat.Lines.Length);
        foreach (var line in Flat.Lines)
        {
            writer.WriteStartArray(6);
            writer.WriteTextString(line.Slot);
            writer.WriteTextString(line.Sku);
            writer.WriteTextString(line.Name);
            writer.WriteInt32(line.Quantity);
            writer.WriteInt64(line.UnitPriceFen);
            writer.WriteInt64(line.PaidFen);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
        return writer.Encode();
    }

    public static FlatSale ReadCbor(byte[] bytes)
    {
        var reader = new CborReader(bytes);
        reader.ReadStartArray();
        var seq = reader.ReadUInt64();
        var boot = Convert.ToHexStringLower(reader.ReadByteString());
        var (monotonic, wall) = (reader.ReadInt64(), reader.ReadInt64());
        var (source, marks, vend, method) = (
            reader.ReadInt32(), reader.ReadInt32(), reader.ReadTextString(), reader.ReadInt32());
        var (order, transaction) = (reader.ReadTextString(), reader.ReadTextString());
        var lines = new FlatLine[reader.ReadStartArray() ?? 0];
        for (var i = 0; i < lines.Length; i++)
        {
            reader.ReadStartArray();
            lines[i] = new FlatLine(reader.ReadTextString(), reader.ReadTextString(), reader.ReadTextString(),
                reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64());
            reader.ReadEndArray();
        }

        reader.ReadEndArray();
        reader.ReadEndArray();
        return new FlatSale(seq, boot, monotonic, wall, source, marks, vend, method, order, transaction, lines);
    }

    private static byte[] BootBytes { get; } = Convert.FromHexString(Time.Boot.ToString());
}

/// <summary>A sale with the fields of the entry, for encodings that need a type of their own.</summary>
internal sealed record FlatSale(
    ulong Seq, string Boot, long MonotonicMs, long WallUtcMs, int Source, int Marks, string VendId, int Method,
    string MerchantOrderNumber, string TransactionNumber, FlatLine[] Lines);

/// <summary>A line of it.</summary>
internal sealed record FlatLine(string Slot, string Sku, string Name, int Quantity, long UnitPriceFen, long PaidFen);

[JsonSerializable(typeof(FlatSale))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Default)]
internal sealed partial class FlatSaleJson : JsonSerializerContext;

/// <summary>Bytes of the one sale in each encoding.</summary>
internal static class EncodingSizes
{
    public static void Print(TextWriter to)
    {
        var binary = OneSale.WriteBinary(new ByteWriter(), new ByteWriter());
        var json = JsonSerializer.SerializeToUtf8Bytes(OneSale.Flat, FlatSaleJson.Default.FlatSale).Length;
        var cbor = OneSale.WriteCbor(new CborWriter()).Length;
        to.WriteLine($"bytes of one sale: binary {binary}, JSON {json}, CBOR {cbor}");
    }
}
