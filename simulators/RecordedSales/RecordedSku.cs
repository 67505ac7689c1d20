using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Simulators.RecordedSales;

/// <summary>
/// Makes a SKU of a product's name for files that have none: <c>P</c> and the first twelve hexadecimal digits of the
/// SHA-256 of the trimmed name. Sales and products of one data set meet by it. Pure.
/// </summary>
internal static class RecordedSku
{
    private const int DigestBytes = 6;

    /// <summary>The SKU of a name.</summary>
    public static string Of(string productName) =>
        "P" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(productName.Trim())), 0, DigestBytes);
}
