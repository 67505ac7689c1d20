using System.Text;

namespace KioskFleet.Service.Patterns;

/// <summary>Short numbers for the SKUs of one reading, looked up by their bytes. Not thread-safe.</summary>
internal sealed class SkuNumbers
{
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _numbers =
        new Dictionary<byte[], int>(new Utf8Comparer()).GetAlternateLookup<ReadOnlySpan<byte>>();

    private readonly List<string> _texts = [];

    /// <summary>The number of a SKU.</summary>
    public int Of(ReadOnlySpan<byte> skuUtf8)
    {
        if (!_numbers.TryGetValue(skuUtf8, out var number))
        {
            number = _texts.Count;
            _texts.Add(Encoding.UTF8.GetString(skuUtf8));
            _numbers[skuUtf8] = number;
        }

        return number;
    }

    /// <summary>The SKU of a number.</summary>
    public string Text(int number) => _texts[number];

    /// <summary>Its hash differs with each process: cabinets choose the keys, and must not choose a bucket.</summary>
    private sealed class Utf8Comparer
        : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}

/// <summary>
/// Which SKUs of different operators are one article: those that the catalogue maps for any operator, such as barcodes.
/// A code that is mapped for one operator, or not at all, is that operator's own. Immutable.
/// </summary>
/// <param name="own">Mappings of one operator's codes.</param>
/// <param name="shared">Codes mapped for any operator.</param>
internal sealed class Articles(IReadOnlySet<(string OperatorId, string Sku)> own, IReadOnlySet<string> shared)
{
    /// <summary>Nothing is mapped.</summary>
    public static Articles None { get; } = new(new HashSet<(string, string)>(), new HashSet<string>());

    /// <summary>The article of an operator's SKU.</summary>
    public string Of(string operatorId, string sku) =>
        shared.Contains(sku) && !own.Contains((operatorId, sku)) ? $"\n{sku}" : $"{operatorId}\n{sku}";
}
