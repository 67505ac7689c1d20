using System.Security.Cryptography;
using System.Text;

namespace KioskFleet.Service.Venues;

/// <summary>What holds of every document that is reported by hand. Pure.</summary>
internal static class DocumentRules
{
    /// <summary>Checks number, evidence and note; null when they are well-formed.</summary>
    public static Refusal? Check(string? number, string? reverses, string? evidence, string? note) =>
        !IsNumber(number) ? new Refusal(RefusalCode.BadDocumentNumber, "documentNumber", number)
        : !string.IsNullOrEmpty(reverses) && !IsNumber(reverses)
            ? new Refusal(RefusalCode.BadDocumentNumber, "reverses", reverses)
        : !IsText(evidence) ? new Refusal(RefusalCode.NoEvidence, "evidence", evidence)
        : note is { Length: > VenueLimits.MaxTextLength } || note?.Any(char.IsControl) == true
            ? new Refusal(RefusalCode.BadNote, "note", note)
        : null;

    /// <summary>
    /// True for an evidence reference or a reason of 1 to <see cref="VenueLimits.MaxTextLength"/> characters.
    /// </summary>
    public static bool IsText(string? text) =>
        text?.Trim() is { Length: > 0 and <= VenueLimits.MaxTextLength } whole && !whole.Any(char.IsControl);

    /// <summary>True for 1 to <see cref="VenueLimits.MaxNumberLength"/> characters, no blanks around.</summary>
    public static bool IsNumber(string? number) =>
        number is { Length: > 0 and <= VenueLimits.MaxNumberLength } && number.Trim().Length == number.Length
        && !number.Any(char.IsControl);

    /// <summary>The digest of a document's content.</summary>
    public static byte[] Digest(string content) => SHA256.HashData(Encoding.UTF8.GetBytes(content));
}
