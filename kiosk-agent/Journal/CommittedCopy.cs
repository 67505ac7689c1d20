using System.Buffers.Binary;
using KioskFleet.Protocol.Identity;

namespace KioskFleet.Agent.Journal;

/// <summary>
/// A copy of the committed mark in a small file beside the journal, so that a successor knows the last common head
/// although the journal's own file cannot be read. Layout: seq (8, little-endian), hash (32), SHA-256 of these (32). It
/// may be older than the mark in the file, never newer.
/// </summary>
internal static class CommittedCopy
{
    private const int Size = 8 + Digest.Size + Digest.Size;

    /// <summary>The path of a journal's copy.</summary>
    public static string PathOf(string directory, JournalId journal) => Path.Combine(directory, $"{journal}.committed");

    /// <summary>Writes the copy, durable when it returns.</summary>
    public static void Write(string path, Head committed)
    {
        Span<byte> content = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(content, committed.Seq);
        committed.Hash.Write(content[8..]);
        Digest.Of(content[..(8 + Digest.Size)]).Write(content[(8 + Digest.Size)..]);
        DurableFiles.Replace(path, content);
    }

    /// <summary>Reads the copy; null when there is none or it is damaged.</summary>
    public static Head? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var content = File.ReadAllBytes(path);
        return content.Length == Size
            && Digest.Of(content.AsSpan(0, 8 + Digest.Size)) == Digest.Read(content.AsSpan(8 + Digest.Size))
                ? new Head(BinaryPrimitives.ReadUInt64LittleEndian(content), Digest.Read(content.AsSpan(8)))
                : null;
    }
}
