using System.Text;

namespace KioskFleet.Protocol.Identity;

/// <summary>The last entry of a journal as far as somebody knows it: its sequence number and its hash.</summary>
/// <param name="Seq">0 for an empty journal, else the number of the last entry; the first entry is 1.</param>
/// <param name="Hash">The chain's hash at <paramref name="Seq"/>; at 0 the journal's genesis hash.</param>
public readonly record struct Head(ulong Seq, Digest Hash)
{
    private static readonly byte[] GenesisPrefix = System.Text.Encoding.ASCII.GetBytes("kioskfleet/journal/v1");

    /// <summary>
    /// The head of an empty journal: sequence 0 and SHA-256 of the ASCII text <c>kioskfleet/journal/v1</c> followed by
    /// the 16 bytes of the journal id. So entries of one journal never chain on to another.
    /// </summary>
    public static Head Genesis(JournalId journal)
    {
        Span<byte> input = stackalloc byte[GenesisPrefix.Length + JournalId.Size];
        GenesisPrefix.CopyTo(input);
        journal.Write(input[GenesisPrefix.Length..]);
        return new Head(0, Digest.Of(input));
    }

    /// <summary>The sequence number and the first hex digits of the hash, for people.</summary>
    public override string ToString() =>
        new StringBuilder().Append(Seq).Append('/').Append(Hash.ToString(), 0, 12).ToString();
}
