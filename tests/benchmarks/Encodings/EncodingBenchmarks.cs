using System.Formats.Cbor;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using KioskFleet.Protocol.Encoding;
using KioskFleet.Protocol.Entries;

namespace KioskFleet.Benchmarks.Encodings;

/// <summary>Write and read one sale in the encodings that were in question.</summary>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private readonly ByteWriter _writer = new();
    private readonly ByteWriter _bodyWriter = new();
    private readonly CborWriter _cborWriter = new();
    private byte[] _binary = [];
    private byte[] _json = [];
    private byte[] _cbor = [];
    private FlatSale _flat = OneSale.Flat;

    [GlobalSetup]
    public void Prepare()
    {
        _flat = OneSale.Flat;
        _binary = EntryCodec.Encode(77, OneSale.Time, OneSale.Body);
        _json = JsonSerializer.SerializeToUtf8Bytes(OneSale.Flat, FlatSaleJson.Default.FlatSale);
        _cbor = OneSale.WriteCbor(_cborWriter);
    }

    [Benchmark(Baseline = true)]
    public int WriteBinary() => OneSale.WriteBinary(_writer, _bodyWriter);

    [Benchmark]
    public byte[] WriteJson() => JsonSerializer.SerializeToUtf8Bytes(_flat, FlatSaleJson.Default.FlatSale);

    [Benchmark]
    public byte[] WriteCbor() => OneSale.WriteCbor(_cborWriter);

    [Benchmark]
    public long ReadBinaryInPlace()
    {
        EntryHeader.TryRead(_binary, out _, out var body);
        var view = new SaleView(body);
        var sum = 0L;
        while (view.NextLine(out var line))
        {
            sum += line.PaidFen;
        }

        return view.AtEnd ? sum : -1;
    }

    [Benchmark]
    public bool ReadBinaryToObjects() => EntryCodec.TryDecode(_binary, out _, out _, out _);

    [Benchmark]
    public object? ReadJson() => JsonSerializer.Deserialize(_json, FlatSaleJson.Default.FlatSale);

    [Benchmark]
    public object ReadCbor() => OneSale.ReadCbor(_cbor);
}
